import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { now } from '../../../../api/clock.ts';
import { useSubmitOnce } from '../../../../api/use-submit.ts';
import { FormSection } from '../../../../design/patterns/form-section.tsx';
import { Page } from '../../../../design/patterns/page.tsx';
import { Button, ButtonLink } from '../../../../design/primitives/button.tsx';
import { FormFault } from '../../../../design/primitives/field.tsx';
import {
  CreateKeyDocument,
  type CreateKeyMutation,
  type Environment,
} from '../../../../generated/graphql.ts';
import { useOpens } from '../../../../shell/views.tsx';
import { useOrganization } from '../../../../viewer/organization.tsx';
import { BoundsFields } from '../bounds-fields.tsx';
import { EnvironmentField } from '../environment-field.tsx';
import { useFaultFocus } from '../fault-focus.ts';
import { type FieldsProps, faultOfDraft, SHOWN_FIELDS } from '../fields.ts';
import { EMPTY_DRAFT, policyOf } from '../key-draft.ts';
import { readMetadata } from '../metadata.ts';
import { PurposeFields } from '../purpose-fields.tsx';
import { RightsFields } from '../rights-fields.tsx';
import { SecretOnce } from '../secret-once.tsx';
import { KeyQuota } from './key-quota.tsx';
import { SnippetTabs } from './snippet-tabs.tsx';

type Created = Extract<CreateKeyMutation['createApiKey'], { __typename: 'CreateApiKeyPayload' }>;

type Step =
  | { readonly kind: 'form' }
  | { readonly kind: 'created'; readonly created: Created }
  /** The secret has been cleared from the page and from memory. */
  | { readonly kind: 'copied'; readonly keyId: string };

/** Creates a key and shows its secret once. */
export function CreateView() {
  const [step, setStep] = useState<Step>({ kind: 'form' });
  const opens = useOpens();
  if (step.kind === 'copied') return <Leave to={opens('/keys/:keyId') ? `/keys/${step.keyId}` : '/keys'} />;
  return (
    <Page
      title="Create a key"
      description="Use one key per purpose, so that you can monitor, rotate and revoke it separately."
    >
      <CreateForm onCreated={(created) => setStep({ kind: 'created', created })} />
      {step.kind === 'created' && (
        <Secret
          created={step.created}
          done={() => setStep({ kind: 'copied', keyId: step.created.apiKey.id })}
        />
      )}
    </Page>
  );
}

function Secret({ created, done }: { readonly created: Created; done(): void }) {
  const { id: organizationId } = useOrganization();
  const { secret, apiKey } = created;
  return (
    <SecretOnce title="API key created" secret={secret} done={done}>
      <SnippetTabs
        secret={secret}
        keyId={apiKey.id}
        keyName={apiKey.name}
        organizationId={organizationId}
        environment={apiKey.environment}
      />
    </SecretOnce>
  );
}

/** Navigates after the dialog has closed, which would ask for confirmation. */
function Leave({ to }: { readonly to: string }) {
  const [, navigate] = useLocation();
  useEffect(() => navigate(to, { replace: true }), [navigate, to]);
  return null;
}

function CreateForm({ onCreated }: { onCreated(created: Created): void }) {
  const { id: organizationId } = useOrganization();
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [environment, setEnvironment] = useState<Environment>('LIVE');
  const [sent, setSent] = useState({ draft: EMPTY_DRAFT, at: 0 });
  const form = useRef<HTMLFormElement>(null);
  const { submit, busy, fault } = useSubmitOnce(CreateKeyDocument, ({ createApiKey }) => createApiKey);
  const focusFault = useFaultFocus(form, fault);
  const create = async (event: FormEvent) => {
    event.preventDefault();
    if (readMetadata(draft.metadata).fault) return focusFault();
    // The same draft has the same expiry, so that sending it again repeats the request.
    const at = sent.draft === draft ? sent.at : now();
    setSent({ draft, at });
    const created = await submit({ input: { organizationId, environment, ...policyOf(draft, at) } });
    if (created) onCreated(created);
  };
  const fields: FieldsProps = {
    draft,
    fault: faultOfDraft(fault, sent.draft, draft),
    change: (changes) => setDraft((before) => ({ ...before, ...changes })),
  };
  return (
    <form ref={form} onSubmit={create} className="flex max-w-4xl flex-col gap-4">
      <KeyQuota />
      <FormSection
        title="Details"
        description="Name it after its purpose, so that others know what stops working when it is revoked."
      >
        <PurposeFields {...fields}>
          <EnvironmentField value={environment} onChange={setEnvironment} />
        </PurposeFields>
      </FormSection>
      <FormSection title="Permissions" description="Grant only what the program needs.">
        <RightsFields {...fields} />
      </FormSection>
      <FormSection title="Restrictions" description="Where, how often and how long the key is accepted.">
        <BoundsFields {...fields} />
      </FormSection>
      <FormFault fault={fields.fault} fields={SHOWN_FIELDS} />
      <div className="flex flex-wrap justify-end gap-2">
        <ButtonLink to="/keys">Cancel</ButtonLink>
        <Button type="submit" look="primary" busy={busy}>
          Create key
        </Button>
      </div>
    </form>
  );
}
