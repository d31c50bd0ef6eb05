import { useState } from 'react';
import { duration } from '../../../design/primitives/duration.ts';
import { Field } from '../../../design/primitives/field.tsx';
import { Input, Select } from '../../../design/primitives/input.tsx';
import type { FieldsProps } from './fields.ts';
import { WINDOWS } from './key-draft.ts';

/** How many requests are accepted in which time. */
export function RateField({ draft: { rateLimit }, fault, change }: FieldsProps) {
  // A window that the form doesn't offer stays available.
  const [first] = useState(rateLimit.windowSeconds);
  const isOffered = WINDOWS.some(([seconds]) => seconds === first);
  return (
    <Field
      label="Rate limit"
      optional
      hint="Requests beyond it are rejected with 429."
      error={fault?.at('rateLimit')}
    >
      {(props) => (
        <div className="flex max-w-sm items-center gap-2">
          <Input
            {...props}
            inputMode="numeric"
            autoComplete="off"
            maxLength={12}
            placeholder="Unlimited"
            value={rateLimit.limit}
            onChange={(event) => change({ rateLimit: { ...rateLimit, limit: event.target.value } })}
          />
          <span className="text-soft">per</span>
          <Select
            aria-label="Rate limit: per"
            value={rateLimit.windowSeconds}
            onChange={(event) =>
              change({ rateLimit: { ...rateLimit, windowSeconds: Number(event.target.value) } })
            }
            className="w-28 shrink-0"
          >
            {WINDOWS.map(([seconds, name]) => (
              <option key={seconds} value={seconds}>
                {name}
              </option>
            ))}
            {!isOffered && <option value={first}>{duration(first)}</option>}
          </Select>
        </div>
      )}
    </Field>
  );
}
