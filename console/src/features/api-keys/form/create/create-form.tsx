import { useEffect, useState } from 'react';
import { now } from '../../../../api/clock.ts';
import { useSubmitOnce } from '../../../../api/use-submit.ts';
import { FormSection } from '../../../../design/patterns/form-section.tsx';
import { LongForm } from '../../../../design/patterns/long-form.tsx';
import { ButtonLink } from '../../../../design/primitives/button.tsx';
import {
  CreateKeyDocument,
  type CreateKeyMutation,
  type Environment,
} from '../../../../generated/graphql.ts';
import { useOffline, useOrganization } from '../../../../viewer/organization.tsx';
import { useSession } from '../../../../viewer/session.tsx';
import { useRoles } from '../../../roles/role-list.ts';
import { useTeamNames } from '../../../teams/team-list.ts';
import { AdvancedFields } from '../advanced-fields.tsx';
import { EnvironmentField } from '../environment-field.tsx';
import { EssentialsFields } from '../essentials-fields.tsx';
import { type FieldsProps, faultOfDraft, faultWithProblems, isFaulty, SHOWN_FIELDS } from '../fields.ts';
import { EMPTY_DRAFT, policyOf } from '../key-draft.ts';
import { RightsFields } from '../rights-fields.tsx';
import { TEXTS } from '../texts.ts';
import { creationSummary } from './creation-summary.ts';
import { KeyQuota } from './key-quota.tsx';

/** A key that was just created, with its secret. */
export type Created = Extract<CreateKeyMutation['createApiKey'], { __typename: 'CreateApiKeyPayload' }>;

const UNTOUCHED = JSON.stringify([EMPTY_DRAFT, 'LIVE']);

/** The form of a new key. */
export function CreateForm({ onCreated }: { onCreated(created: Created): void }) {
  const { id: organizationId } = useOrganization();
  const { signedOut } = useSession();
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [environment, setEnvironment] = useState<Environment>('LIVE');
  const [sent, setSent] = useState({ draft: EMPTY_DRAFT, at: 0 });
  const [isChecked, setChecked] = useState(false);
  const { submit, busy, fault } = useSubmitOnce(CreateKeyDocument, ({ createApiKey }) => createApiKey);
  useEffect(() => {
    if (fault?.code === 'UNAUTHENTICATED') signedOut();
  }, [fault, signedOut]);
  const create = async (saved: () => void) => {
    setChecked(true);
    if (isFaulty(draft)) return;
    // The same draft has the same expiry, so that sending it again repeats the request.
    const at = sent.draft === draft ? sent.at : now();
    setSent({ draft, at });
    const created = await submit({ input: { organizationId, environment, ...policyOf(draft, at) } });
    if (!created) return;
    saved();
    onCreated(created);
  };
  const apiFault = faultOfDraft(fault, sent.draft, draft);
  const fields: FieldsProps = {
    draft,
    fault: isChecked ? faultWithProblems(apiFault, draft) : apiFault,
    change: (changes) => setDraft((before) => ({ ...before, ...changes })),
  };
  return (
    <LongForm
      fault={fields.fault}
      fields={SHOWN_FIELDS}
      unsaved={JSON.stringify([draft, environment]) !== UNTOUCHED}
      summary={<Summary {...fields} environment={environment} />}
      submit="Create key"
      busy={busy}
      offline={useOffline()}
      cancel={<ButtonLink to="/keys">Cancel</ButtonLink>}
      onSubmit={(saved) => void create(saved)}
    >
      <KeyQuota />
      <EssentialsFields {...fields}>
        <EnvironmentField value={environment} onChange={setEnvironment} />
      </EssentialsFields>
      <FormSection {...TEXTS.permissions}>
        <RightsFields {...fields} />
      </FormSection>
      <AdvancedFields {...fields} />
    </LongForm>
  );
}

function Summary({ draft, environment }: Pick<FieldsProps, 'draft'> & { readonly environment: Environment }) {
  const { rows: roles } = useRoles();
  const { rows: teams } = useTeamNames();
  const role = roles.find(({ id }) => id === draft.roleId) ?? null;
  const teamNames = new Map(teams.map(({ id, name }) => [id, name]));
  const [what, ...more] = creationSummary({ draft, environment, role, teamNames, now: now() });
  return (
    <>
      <span className="font-medium text-text">{what}</span> {more.join(' ')}
    </>
  );
}
