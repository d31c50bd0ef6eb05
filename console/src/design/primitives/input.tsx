import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

const LINE =
  'w-full min-w-0 rounded-lg border border-line-strong/70 bg-card text-text placeholder:text-soft/80 aria-invalid:border-danger disabled:opacity-60 data-narrows:border-accent data-narrows:bg-accent-soft';

/** A line of text. */
export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input type="text" {...rest} className={classNames(LINE, 'h-9 px-3', className)} />;
}

/** Several lines of text. */
export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea rows={3} {...rest} className={classNames(LINE, 'px-3 py-2', className)} />;
}

/** A native select. Classes apply to its frame. */
export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return (
    <span className={classNames('relative block min-w-0', className)}>
      <select {...rest} className={classNames(LINE, 'h-9 appearance-none truncate pr-8 pl-3')} />
      <ChevronDown
        size={16}
        aria-hidden="true"
        className="pointer-events-none absolute top-2.5 right-2.5 text-soft"
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
