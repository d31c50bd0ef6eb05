import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useSubmit } from '../../../api/use-submit.ts';
import { TimeChart } from '../../../design/patterns/chart/time-chart.tsx';
import { LastUsed } from '../../../design/patterns/last-used.tsx';
import { Card, Fact, Facts, LoadFault, Skeleton } from '../../../design/patterns/page.tsx';
import { SecretStatusBadge } from '../../../design/primitives/badge.tsx';
import { Button } from '../../../design/primitives/button.tsx';
import { counted } from '../../../design/primitives/counted.ts';
import { AlertDialog } from '../../../design/primitives/dialog.tsx';
import { FormFault } from '../../../design/primitives/field.tsx';
import { RelativeTime, useNow } from '../../../design/primitives/time.tsx';
import { FinishRotationDocument, type SecretFactsFragment } from '../../../generated/graphql.ts';
import { OverlapEnd } from './overlap-end.tsx';
import type { Finished } from './rotation-finished.tsx';
import { spoken } from './spoken.ts';
import { ROTATION, type Rotation, type Secrets, useRotation } from './use-rotation.ts';

/** A secret that has not been used for this long is shown as unused, milliseconds. */
const QUIET_MS = 600_000;

/** The second step: both secrets and their uses since the rotation began, live, and the revocation of the old one. */
export function Cutover({
  active,
  retiring,
  onFinished,
}: Secrets & {
  onFinished(finished: Finished): void;
}) {
  const { rotation, error, reload } = useRotation({ active, retiring });
  return (
    <div className="flex flex-col gap-5">
      <OverlapEnd active={active} retiring={retiring} />
      <Card title="Uses since the rotation began">
        {rotation ? (
          <Uses rotation={rotation} />
        ) : error ? (
          <LoadFault message={error.message} retry={reload} />
        ) : (
          <Skeleton className="h-80 w-full" />
        )}
      </Card>
      <div className="grid items-start gap-5 md:grid-cols-2">
        {retiring.map((secret) => (
          <SecretCard key={secret.id} title="Old secret" secret={secret} rotation={rotation}>
            <Finish secret={secret} onFinished={onFinished} />
          </SecretCard>
        ))}
        <SecretCard title="New secret" secret={active} rotation={rotation}>
          {active.lastUsedAt === null && (
            <p className="text-soft">Not used yet. Replace the old secret with it.</p>
          )}
        </SecretCard>
      </div>
    </div>
  );
}

function Uses({ rotation: { share, plan, pointsAt } }: { readonly rotation: Rotation }) {
  const { length } = plan;
  const at = Math.floor(useNow() / length) * length;
  const total = share.old + share.fresh;
  return (
    <div className="flex flex-col gap-4">
      {share.percent !== null && (
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="text-title tabular-nums" data-share={share.percent}>
            {share.percent}%
          </span>
          <span className="text-soft tabular-nums">
            still with the old secret: {share.old.toLocaleString('en')} of {counted(total, 'use')}
          </span>
        </p>
      )}
      <TimeChart
        label="Uses of the new and the old secret"
        series={ROTATION}
        points={pointsAt(at)}
        length={length}
        empty="The key has not been used since the rotation began. Uses appear here as they happen."
      />
    </div>
  );
}

function SecretCard({
  title,
  secret,
  rotation,
  children,
}: {
  readonly title: string;
  readonly secret: SecretFactsFragment;
  readonly rotation: Rotation | null;
  readonly children: React.ReactNode;
}) {
  const { id, start, status, uses, lastUsedAt, createdAt, expiresAt } = secret;
  return (
    <Card title={title} actions={<SecretStatusBadge status={status} />}>
      <div className="flex flex-col gap-4" data-secret={id}>
        <Facts>
          <Fact name="Starts with">
            <span className="font-mono text-[0.8125rem]">{start}…</span>
          </Fact>
          <Fact name="Created">
            <RelativeTime at={createdAt} />
          </Fact>
          <Fact name="Last used">
            <LastUsed at={lastUsedAt} />
          </Fact>
          <Fact name="Uses">
            <span className="tabular-nums">
              {uses.toLocaleString('en')}
              {rotation && (
                <span className="text-soft">
                  {' '}
                  · {rotation.usesOf(id).toLocaleString('en')} since the rotation began
                </span>
              )}
            </span>
          </Fact>
          {expiresAt && (
            <Fact name="Expires">
              <RelativeTime at={expiresAt} />
            </Fact>
          )}
        </Facts>
        {children}
      </div>
    </Card>
  );
}

function Finish({
  secret,
  onFinished,
}: {
  readonly secret: SecretFactsFragment;
  onFinished(finished: Finished): void;
}) {
  const [asking, setAsking] = useState(false);
  const { submit, busy, fault, clear } = useSubmit(
    FinishRotationDocument,
    ({ revokeApiKeySecret }) => revokeApiKeySecret,
  );
  const quietMs = useNow() - Date.parse(secret.lastUsedAt ?? secret.createdAt);
  const inUse = secret.lastUsedAt !== null && quietMs < QUIET_MS;
  const finish = async () => {
    const done = await submit({ input: { id: secret.id } });
    if (done) onFinished({ start: secret.start, propagation: done.propagation });
  };
  const close = () => {
    setAsking(false);
    clear();
  };
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      {inUse ? (
        <p className="flex items-start gap-2 text-warn">
          <TriangleAlert size={17} className="mt-0.5 shrink-0" aria-hidden="true" />
          Still in use: requests with it are denied once you finish.
        </p>
      ) : (
        <p className="text-good">
          {secret.lastUsedAt ? `Not used for ${spoken(quietMs)}.` : 'It was never used.'}
        </p>
      )}
      <Button look={inUse ? 'secondary' : 'primary'} onClick={() => setAsking(true)} className="w-fit">
        Finish
      </Button>
      {asking && (
        <AlertDialog
          title={inUse ? 'The old secret is still in use' : 'Finish the rotation?'}
          description={
            <>
              {inUse && <p className="mb-2 font-medium text-warn">It was last used {spoken(quietMs)} ago.</p>}
              <p>
                The secret that starts with <span className="font-mono">{secret.start}</span> stops working
                immediately. This can’t be undone. The new secret stays valid.
              </p>
            </>
          }
          onClose={close}
          cancel="Not yet"
          confirm={{
            label: inUse ? 'Revoke anyway' : 'Revoke the old secret',
            look: inUse ? 'danger' : 'primary',
            busy,
            run: finish,
          }}
        >
          <FormFault fault={fault} />
        </AlertDialog>
      )}
    </div>
  );
}
