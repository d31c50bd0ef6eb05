import { Lock } from 'lucide-react';
import { useParams } from 'wouter';
import { useDocument } from '../../../../api/use-document.ts';
import { useSteady } from '../../../../api/use-steady.ts';
import { BackLink, EmptyState, Page } from '../../../../design/patterns/page.tsx';
import { ButtonLink } from '../../../../design/primitives/button.tsx';
import { EditedKeyDocument } from '../../../../generated/graphql.ts';
import { useBeyond } from '../../../../viewer/organization.tsx';
import { MissingKey } from '../../detail/missing-key.tsx';
import type { EditedKey } from './edit-draft.ts';
import { EditForm } from './edit-form.tsx';

/** Edits a key's properties and permissions, never its secret. */
export function EditView() {
  const { keyId = '' } = useParams();
  return <Edited key={keyId} id={keyId} />;
}

function Edited({ id }: { readonly id: string }) {
  const [{ data, error }, reload] = useDocument(EditedKeyDocument, { id });
  const apiKey = useSteady(data?.apiKey);
  if (apiKey) return <EditPage apiKey={apiKey} />;
  return <MissingKey loaded={data !== undefined} error={error} reload={reload} />;
}

function EditPage({ apiKey }: { readonly apiKey: EditedKey }) {
  const { id, name, status } = apiKey;
  const beyond = useBeyond(apiKey);
  const back = <ButtonLink to={`/keys/${id}`}>Back to the key</ButtonLink>;
  return (
    <div className="flex flex-col gap-3">
      <BackLink to={`/keys/${id}`}>{name}</BackLink>
      <Page
        title={`Edit ${name}`}
        description="Its secrets stay the same. Changes apply from the next request."
      >
        {status === 'REVOKED' ? (
          <EmptyState icon={Lock} title="This key can’t be changed" action={back}>
            It is revoked.
          </EmptyState>
        ) : beyond.length > 0 ? (
          <EmptyState icon={Lock} title="This key has more permissions than you" action={back}>
            To change it, you also need {beyond.join(', ')}.
          </EmptyState>
        ) : (
          <EditForm apiKey={apiKey} />
        )}
      </Page>
    </div>
  );
}
