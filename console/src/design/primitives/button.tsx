import type { ComponentProps, ReactNode } from 'react';
import { Link } from 'wouter';
import { classNames } from './class-names.ts';

/** `primary`: the view's main action. `danger`: can't be undone. */
export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger';

const SHAPE =
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap transition-colors disabled:opacity-50 aria-disabled:opacity-50';

const SIZES = { small: 'h-8 px-2.5 text-small', medium: 'h-9 px-3.5 text-sm' } as const;

const LOOKS: Readonly<Record<ButtonLook, string>> = {
  primary: 'bg-ink text-on-ink shadow-card hover:bg-ink-hover',
  secondary: 'border border-line bg-card text-text shadow-card hover:border-line-strong hover:bg-raised',
  quiet: 'text-soft hover:bg-hover hover:text-text',
  danger: 'bg-danger text-on-danger shadow-card hover:opacity-90',
};

interface Looks {
  readonly look?: ButtonLook | undefined;
  readonly size?: keyof typeof SIZES | undefined;
}

function buttonClass({ look = 'secondary', size = 'medium' }: Looks, more?: string): string {
  return classNames(SHAPE, SIZES[size], LOOKS[look], more);
}

/** A button. `busy` disables it and is announced. */
export function Button({
  look,
  size,
  busy = false,
  className,
  children,
  disabled,
  ...rest
}: ComponentProps<'button'> & Looks & { readonly busy?: boolean }) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={buttonClass({ look, size }, className)}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}

/** A link styled as a button, which opens another view. */
export function ButtonLink({
  look,
  size,
  to,
  className,
  children,
}: Looks & { readonly to: string; readonly className?: string; readonly children: ReactNode }) {
  return (
    <Link href={to} className={buttonClass({ look, size }, className)}>
      {children}
    </Link>
  );
}

/** A square icon button. `label` is its accessible name and tooltip. */
export function IconButton({
  label,
  className,
  children,
  ...rest
}: ComponentProps<'button'> & { readonly label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classNames(
        'inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-soft transition-colors hover:bg-hover hover:text-text disabled:opacity-50',
        className,
      )}
    >
      {children}
    </button>
  );
}

function Spinner() {
  return (
    <span
      aria-hidden="true"
      className="size-3.5 animate-spin rounded-full border-2 border-current border-r-transparent"
    />
  );
}
