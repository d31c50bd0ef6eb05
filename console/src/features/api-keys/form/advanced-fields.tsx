import { Disclosure } from '../../../design/patterns/disclosure.tsx';
import { FormGroup } from '../../../design/patterns/form-section.tsx';
import { Choice, GroupError, TextAreaField, TextField } from '../../../design/primitives/field.tsx';
import { useTeamNames } from '../../teams/team-list.ts';
import type { FieldsProps } from './fields.ts';
import { EMPTY_DRAFT, type KeyDraft } from './key-draft.ts';
import { MetadataField } from './metadata-field.tsx';
import { RateField } from './rate-field.tsx';
import { TEXTS } from './texts.ts';

const FIELDS = ['teamIds', 'ipAllowlist', 'rateLimit', 'description', 'externalId', 'metadata'] as const;

/** What most keys don't need: teams, allowed IPs, rate limit, description, external ID and metadata. */
export function AdvancedFields({ draft, fault, change }: FieldsProps) {
  const set = FIELDS.filter((field) => isSet(draft, field)).length;
  const props: FieldsProps = { draft, fault, change };
  return (
    <Disclosure
      title={TEXTS.advanced.title}
      summary={TEXTS.advanced.summary}
      look="card"
      note={set > 0 ? `${set} set` : null}
      startsOpen={set > 0}
    >
      <div className="flex flex-col gap-8">
        <FormGroup {...TEXTS.restrictions}>
          <TeamsField {...props} />
          <TextAreaField
            label="Allowed IPs"
            optional
            hint="One address or network per line, for example 203.0.113.7 or 2001:db8::/32. Leave empty to allow all addresses."
            error={fault?.at('ipAllowlist')}
            rows={3}
            spellCheck={false}
            value={draft.ipAllowlist}
            onChange={(ipAllowlist) => change({ ipAllowlist })}
            className="font-mono text-small"
          />
          <RateField {...props} />
        </FormGroup>
        <FormGroup {...TEXTS.details}>
          <TextAreaField
            label="Description"
            optional
            error={fault?.at('description')}
            rows={2}
            value={draft.description}
            onChange={(description) => change({ description })}
          />
          <TextField
            label="External ID"
            optional
            hint="ID of the key’s owner in your own system. Gateways receive it with every request."
            error={fault?.at('externalId')}
            placeholder="customer_4711"
            value={draft.externalId}
            onChange={(externalId) => change({ externalId })}
          />
          <MetadataField {...props} />
        </FormGroup>
      </div>
    </Disclosure>
  );
}

function isSet(draft: KeyDraft, field: (typeof FIELDS)[number]): boolean {
  if (field === 'rateLimit') return draft.rateLimit.limit !== '';
  return draft[field].length > EMPTY_DRAFT[field].length;
}

function TeamsField({ draft: { teamIds }, fault, change }: FieldsProps) {
  const { rows: teams } = useTeamNames();
  if (teams.length === 0) return null;
  return (
    <fieldset className="min-w-0">
      <legend className="font-medium">
        Teams <span className="font-normal text-soft">(optional)</span>
      </legend>
      <p className="mt-0.5 mb-3 text-small text-soft">
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
      <GroupError label="Teams" text={fault?.at('teamIds')} />
    </fieldset>
  );
}
