import { classNames } from './class-names.ts';

/** A choice between few options that are all visible. */
export function Segmented<Value>({
  legend,
  value,
  options,
  onChange,
}: {
  /** What is chosen. Read by screen readers. */
  readonly legend: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, label: string])[];
  onChange(value: Value): void;
}) {
  return (
    <fieldset className="inline-flex max-w-full flex-wrap gap-0.5 rounded-lg bg-hover p-0.5">
      <legend className="sr-only">{legend}</legend>
      {options.map(([option, label], index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: a label may change, and its button keeps the focus.
          key={index}
          type="button"
          aria-pressed={option === value}
          onClick={() => onChange(option)}
          className={classNames(
            'h-7 rounded-md px-2.5 text-small font-medium transition-colors pointer-coarse:h-9',
            option === value ? 'bg-accent-soft text-accent-strong' : 'text-soft hover:text-text',
          )}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
