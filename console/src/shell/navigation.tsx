import { Link, useLocation } from 'wouter';
import { classNames } from '../design/primitives/class-names.ts';
import { useViews } from './views.tsx';

/** Links to the views that the viewer may open. */
export function Navigation() {
  const views = useViews();
  const [path] = useLocation();
  return (
    <nav aria-label="Views">
      <ul className="flex flex-col gap-0.5">
        {views.map(({ path: to, entry }) => {
          if (!entry) return null;
          const { label, icon: Icon } = entry;
          const isHere = path === to || path.startsWith(`${to}/`);
          return (
            <li key={to}>
              <Link
                href={to}
                aria-current={isHere ? 'page' : undefined}
                className={classNames(
                  'flex h-9 items-center gap-3 rounded-lg px-2.5 font-medium transition-colors',
                  isHere ? 'bg-accent-soft text-accent-strong' : 'text-soft hover:bg-hover hover:text-text',
                )}
              >
                <Icon size={17} aria-hidden="true" />
                {label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
