import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** A region that scrolls on its own, also by keyboard. `label` names it. */
export function Scrolling({
  label,
  className,
  children,
}: {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
}) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: lets keyboard users scroll it.
      tabIndex={0}
      className={classNames('overflow-auto', className)}
    >
      {children}
    </section>
  );
}
