import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

const LINE =
  'w-full min-w-0 rounded-lg border bg-card text-text shadow-card transition-colors placeholder:text-soft/85 focus-visible:outline-offset-0 aria-invalid:border-danger disabled:opacity-60';

/** `small`: in filters, where many stand in one line. */
const SIZES = {
  small:
    'h-8 px-2.5 text-small border-line hover:border-line-strong data-narrows:border-accent data-narrows:bg-accent-soft pointer-coarse:h-10',
  medium: 'h-9 px-3 border-line-strong hover:border-soft',
} as const;

interface Size {
  readonly look?: keyof typeof SIZES | undefined;
}

/** A line of text. */
export function Input({ className, look = 'medium', ...rest }: ComponentProps<'input'> & Size) {
  return <input type="text" {...rest} className={classNames(LINE, SIZES[look], className)} />;
}

/** Several lines of text. */
export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      rows={3}
      {...rest}
      className={classNames(LINE, 'px-3 py-2 border-line-strong hover:border-soft', className)}
    />
  );
}

/** A native select. Classes apply to its frame. */
export function Select({ className, look = 'medium', ...rest }: ComponentProps<'select'> & Size) {
  return (
    <span className={classNames('relative block min-w-0', className)}>
      <select {...rest} className={classNames(LINE, SIZES[look], 'appearance-none truncate pr-7')} />
      <ChevronDown
        size={14}
        aria-hidden="true"
        className="pointer-events-none absolute top-0 right-2 h-full text-soft"
      />
    </span>
  );
}

/** A checkbox. Label it with Choice or `aria-label`. */
export function Checkbox({ className, ...rest }: ComponentProps<'input'>) {
  return (
    <input
      type="checkbox"
      {...rest}
      className={classNames('block size-4 shrink-0 cursor-pointer rounded accent-accent', className)}
    />
  );
}
