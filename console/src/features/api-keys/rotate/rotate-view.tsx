import { SearchX } from 'lucide-react';
import { useState } from 'react';
import { useParams } from 'wouter';
import { useSubmitOnce } from '../../../api/use-submit.ts';
import { BackLink, EmptyState, Page } from '../../../design/patterns/page.tsx';
import { RotatedKeyDocument, type RotatedKeyQuery, RotateKeyDocument } from '../../../generated/graphql.ts';
import { useWatchedKey } from '../../../live/use-watched-key.ts';
import { MissingKey } from '../detail/missing-key.tsx';
import { SecretOnce } from '../form/secret-once.tsx';
import { BeginRotation } from './begin-rotation.tsx';
import { Cutover } from './cutover.tsx';
import { type Finished, RotationFinished } from './rotation-finished.tsx';

/** A rotation, step by step: a new secret next to the old one, both monitored, then the revocation of the old one. */
export function RotateView() {
  const { keyId: id = '' } = useParams();
  const { data, error, reload } = useWatchedKey(RotatedKeyDocument, id);
  if (data?.apiKey) return <Rotation key={id} apiKey={data.apiKey} reload={reload} />;
  return <MissingKey loaded={data !== undefined} error={error} reload={reload} />;
}

function Rotation({
  apiKey,
  reload,
}: {
  readonly apiKey: NonNullable<RotatedKeyQuery['apiKey']>;
  reload(): void;
}) {
  const { id, name, status, secrets } = apiKey;
  const [secret, setSecret] = useState<string | null>(null);
  const [finished, setFinished] = useState<Finished | null>(null);
  const rotation = useSubmitOnce(RotateKeyDocument, ({ rotateApiKey }) => rotateApiKey);
  const active = secrets.find((one) => one.status === 'ACTIVE');
  const retiring = secrets.filter((one) => one.status === 'RETIRING');
  // The new secret appears in the list of secrets even if the response with its text was lost.
  const isBeginning = rotation.busy || rotation.fault !== null || retiring.length === 0;
  const step = finished ? 3 : isBeginning ? 1 : 2;
  return (
    <div className="flex flex-col gap-3">
      <BackLink to={`/keys/${id}`}>{name}</BackLink>
      <Page
        title={`Rotate ${name}`}
        description="The new secret works in addition to the old one until you finish the rotation."
      >
        <Steps step={step} />
        {status === 'REVOKED' || status === 'EXPIRED' ? (
          <EmptyState icon={SearchX} title="This key can’t be rotated">
            It is {status === 'REVOKED' ? 'revoked' : 'past its expiry'}, and none of its secrets is valid.
          </EmptyState>
        ) : finished ? (
          <RotationFinished keyId={id} finished={finished} />
        ) : active && !isBeginning ? (
          <Cutover active={active} retiring={retiring} onFinished={setFinished} />
        ) : (
          <BeginRotation
            keyId={id}
            rotation={rotation}
            onRotated={(rotated) => {
              setSecret(rotated);
              reload();
            }}
          />
        )}
      </Page>
      {secret !== null && (
        <SecretOnce title="The new secret" secret={secret} done={() => setSecret(null)}>
          <p className="text-soft">
            Replace the old secret with it wherever it is used. This page shows which secret is in use. Finish
            the rotation when the old one no longer is.
          </p>
        </SecretOnce>
      )}
    </div>
  );
}

const STEPS = ['Create a new secret', 'Monitor the switchover', 'Finish'] as const;

function Steps({ step }: { readonly step: number }) {
  return (
    <ol className="flex flex-col gap-x-6 gap-y-2 sm:flex-row">
      {STEPS.map((words, index) => {
        const isNow = index + 1 === step;
        const isDone = index + 1 < step || step === STEPS.length;
        return (
          <li
            key={words}
            aria-current={isNow ? 'step' : undefined}
            className={`flex items-center gap-2 font-medium ${isNow ? 'text-text' : 'text-soft'}`}
          >
            <span
              aria-hidden="true"
              className={`flex size-6 items-center justify-center rounded-full text-xs ${isNow || isDone ? 'bg-ink text-on-ink' : 'bg-line text-text'}`}
            >
              {index + 1}
            </span>
            {words}
          </li>
        );
      })}
    </ol>
  );
}
