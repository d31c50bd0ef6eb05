import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { Page } from '../../../../design/patterns/page.tsx';
import { useOpens } from '../../../../shell/views.tsx';
import { useOrganization } from '../../../../viewer/organization.tsx';
import { SecretOnce } from '../secret-once.tsx';
import { type Created, CreateForm } from './create-form.tsx';
import { SnippetTabs } from './snippet-tabs.tsx';

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
