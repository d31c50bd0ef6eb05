import { useId } from 'react';
import { classNames } from '../../../design/primitives/class-names.ts';
import type { Environment } from '../../../generated/graphql.ts';

const ENVIRONMENTS = [
  ['LIVE', 'Live', 'Production'],
  ['TEST', 'Test', 'Development and tests'],
] as const satisfies readonly (readonly [Environment, string, string])[];

/** Selects the environment, which becomes part of the secret. */
export function EnvironmentField({
  value,
  onChange,
}: {
  readonly value: Environment;
  onChange(value: Environment): void;
}) {
  const id = useId();
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">Environment</legend>
      <div className="grid grid-cols-2 gap-3">
        {ENVIRONMENTS.map(([environment, name, meaning]) => (
          <label
            key={environment}
            className={classNames(
              'flex items-start gap-2.5 rounded-lg border px-3 py-2.5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
              value === environment ? 'border-accent bg-accent-soft' : 'border-line-strong hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name={id}
              value={environment}
              checked={value === environment}
              aria-describedby={`${id}-${environment}`}
              aria-label={name}
              onChange={() => onChange(environment)}
              className="mt-1 size-3.5 accent-accent outline-none"
            />
            <span className="min-w-0">
              <span className="block font-medium">{name}</span>
              <span id={`${id}-${environment}`} className="block text-[0.8125rem] text-soft">
                {meaning}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
