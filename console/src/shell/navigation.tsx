import { Link, useLocation } from 'wouter';
import { classNames } from '../design/primitives/class-names.ts';
import { useViews, type ViewRoute } from './views.tsx';

/** Links to the views that the viewer may open. */
export function Navigation() {
  const views = useViews().filter(({ entry }) => entry);
  const groups = [...new Set(views.map(({ entry }) => entry?.group))];
  return (
    <nav aria-label="Views" className="flex flex-col gap-4">
      {groups.map((group) => (
        <div key={group ?? ''}>
          {group && (
            <h2 id={`views-${group}`} className="px-2.5 pb-1 text-xs font-medium text-soft">
              {group}
            </h2>
          )}
          <ul aria-labelledby={group && `views-${group}`} className="flex flex-col gap-px">
            {views
              .filter(({ entry }) => entry?.group === group)
              .map((view) => (
                <Entry key={view.path} view={view} />
              ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function Entry({ view: { path: to, entry } }: { readonly view: ViewRoute }) {
  const [path] = useLocation();
  if (!entry) return null;
  const { label, icon: Icon } = entry;
  const isHere = path === to || path.startsWith(`${to}/`);
  return (
    <li>
      <Link
        href={to}
        aria-current={isHere ? 'page' : undefined}
        className={classNames(
          'flex h-8 items-center gap-2.5 rounded-lg px-2.5 font-medium transition-colors pointer-coarse:h-10',
          isHere ? 'bg-card text-text shadow-card' : 'text-soft hover:bg-hover hover:text-text',
        )}
      >
        <Icon size={16} className={isHere ? 'text-accent' : undefined} aria-hidden="true" />
        {label}
      </Link>
    </li>
  );
}
