import { useState } from 'react';
import { duration } from '../../../design/primitives/duration.ts';
import { Choice, Field, TextAreaField } from '../../../design/primitives/field.tsx';
import { Input, Select } from '../../../design/primitives/input.tsx';
import { useTeamNames } from '../../teams/team-list.ts';
import { ExpiryField } from './expiry-field.tsx';
import { FieldError } from './field-error.tsx';
import type { FieldsProps } from './fields.ts';
import { WINDOWS } from './key-draft.ts';

/** Teams, expiry, allowed IPs and rate limit. */
export function BoundsFields({
  draft,
  fault,
  change,
  expiresAt,
}: FieldsProps & {
  /** Its current expiry. Omitted: none, or the key doesn't exist yet. */
  readonly expiresAt?: string | null | undefined;
}) {
  return (
    <>
      <TeamsField draft={draft} fault={fault} change={change} />
      <div className="grid gap-5 sm:grid-cols-2">
        <ExpiryField
          value={draft.expiresAt}
          present={expiresAt}
          error={fault?.at('expiresAt')}
          onChange={(chosen) => change({ expiresAt: chosen })}
        />
        <RateField draft={draft} fault={fault} change={change} />
      </div>
      <TextAreaField
        label="Allowed IPs"
        optional
        hint="One address or network per line, for example 203.0.113.7 or 2001:db8::/32. Leave empty to allow all addresses."
        error={fault?.at('ipAllowlist')}
        rows={3}
        spellCheck={false}
        value={draft.ipAllowlist}
        onChange={(ipAllowlist) => change({ ipAllowlist })}
        className="font-mono text-[0.8125rem]"
      />
    </>
  );
}

function TeamsField({ draft, fault, change }: FieldsProps) {
  const { rows: teams } = useTeamNames();
  if (teams.length === 0) return null;
  const { teamIds } = draft;
  return (
    <fieldset className="min-w-0">
      <legend className="font-medium">
        Teams <span className="font-normal text-soft">(optional)</span>
      </legend>
      <p className="mt-0.5 mb-3 text-[0.8125rem] text-soft">
        Limits the key to these teams. Leave empty to allow all teams.
      </p>
      <div className="-m-1 grid max-h-48 gap-x-6 gap-y-2.5 overflow-y-auto p-1 sm:grid-cols-2">
        {teams.map(({ id, name }) => (
          <Choice
            key={id}
            label={name}
            checked={teamIds.includes(id)}
            onChange={(checked) =>
              change({ teamIds: checked ? [...teamIds, id] : teamIds.filter((one) => one !== id) })
            }
          />
        ))}
      </div>
      <FieldError text={fault?.at('teamIds')} />
    </fieldset>
  );
}

function RateField({ draft: { rateLimit }, fault, change }: FieldsProps) {
  const [first] = useState(rateLimit.windowSeconds);
  const isOffered = WINDOWS.some(([seconds]) => seconds === first);
  return (
    <Field label="Rate limit" optional error={fault?.at('rateLimit')}>
      {(props) => (
        <div className="flex items-center gap-2">
          <Input
            {...props}
            type="number"
            min={1}
            max={1_000_000_000}
            step={1}
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
