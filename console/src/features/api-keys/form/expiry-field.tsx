import { DAY_MS, now } from '../../../api/clock.ts';
import { Field } from '../../../design/primitives/field.tsx';
import { Input, Select } from '../../../design/primitives/input.tsx';
import { timeText } from '../../../design/primitives/time-text.ts';
import { EXPIRY_DAYS, type Expiry, expiryTime, localTime, NEVER_EXPIRES } from './expiry.ts';

/** Selects when a key expires: never, in some days, or at a time. */
export function ExpiryField({
  value,
  error,
  present,
  onChange,
}: {
  readonly value: Expiry;
  readonly error: string | null | undefined;
  /** Its current expiry. Omitted: none, or the key doesn't exist yet. */
  readonly present?: string | null | undefined;
  onChange(value: Expiry): void;
}) {
  const choose = (chosen: string) => {
    if (chosen === 'never') onChange(NEVER_EXPIRES);
    else if (chosen === 'kept' && present) onChange({ kind: 'kept', at: present });
    else if (chosen === 'time') onChange({ kind: 'time', local: localTime(now() + 30 * DAY_MS) });
    else onChange({ kind: 'days', days: Number(chosen) });
  };
  return (
    <Field label="Expiry" error={error} hint={hintOf(value)}>
      {(props) => (
        <div className="grid gap-2 sm:grid-cols-2">
          <Select
            {...props}
            value={value.kind === 'days' ? String(value.days) : value.kind}
            onChange={(event) => choose(event.target.value)}
          >
            {present && <option value="kept">{timeText(present)}</option>}
            <option value="never">Does not expire</option>
            {EXPIRY_DAYS.map((days) => (
              <option key={days} value={days}>
                {days === 365 ? 'In a year' : `In ${days} days`}
              </option>
            ))}
            <option value="time">At a time…</option>
          </Select>
          {value.kind === 'time' && (
            <Input
              type="datetime-local"
              aria-label="Expires at"
              required
              value={value.local}
              onChange={(event) => onChange({ kind: 'time', local: event.target.value })}
            />
          )}
        </div>
      )}
    </Field>
  );
}

function hintOf(value: Expiry): string {
  if (value.kind === 'never') return 'The key is accepted until somebody revokes or disables it.';
  if (value.kind === 'time') return 'In the time zone of this computer.';
  const at = expiryTime(value, now());
  return at ? `Rejected from ${timeText(at)}.` : '';
}
