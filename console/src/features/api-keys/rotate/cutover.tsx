import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useSubmit } from '../../../api/use-submit.ts';
import { LastUsed } from '../../../design/patterns/last-used.tsx';
import { Card, Fact, Facts } from '../../../design/patterns/page.tsx';
import { SecretStatusBadge } from '../../../design/primitives/badge.tsx';
import { Button } from '../../../design/primitives/button.tsx';
import { counted } from '../../../design/primitives/counted.ts';
import { AlertDialog } from '../../../design/primitives/dialog.tsx';
import { FormFault } from '../../../design/primitives/field.tsx';
import { RelativeTime, useNow } from '../../../design/primitives/time.tsx';
import { FinishRotationDocument, type SecretFactsFragment } from '../../../generated/graphql.ts';
import type { Finished } from './rotation-finished.tsx';
import { type Traffic, useTraffic } from './traffic.ts';

/** A secret that has not been used for this long is shown as unused, milliseconds. */
const QUIET_MS = 600_000;

/** The second step: both secrets side by side, live, and the revocation of the old one. */
export function Cutover({
  active,
  retiring,
  onFinished,
}: {
  readonly active: SecretFactsFragment;
  readonly retiring: readonly SecretFactsFragment[];
  onFinished(finished: Finished): void;
}) {
  const traffic = useTraffic([active, ...retiring]);
  return (
    <div className="flex flex-col gap-5">
      <Share retiring={retiring} traffic={traffic} />
      <div className="grid items-start gap-5 md:grid-cols-2">
        {retiring.map((secret) => (
          <SecretCard key={secret.id} title="Old secret" secret={secret} traffic={traffic}>
            <Finish secret={secret} onFinished={onFinished} />
          </SecretCard>
        ))}
        <SecretCard title="New secret" secret={active} traffic={traffic}>
          {active.lastUsedAt === null && (
            <p className="text-soft">Not used yet. Replace the old secret with it.</p>
          )}
        </SecretCard>
      </div>
    </div>
  );
}

function Share({
  retiring,
  traffic,
}: {
  readonly retiring: readonly SecretFactsFragment[];
  readonly traffic: Traffic;
}) {
  const old = retiring.reduce((sum, { id }) => sum + traffic.of(id), 0);
  const share = traffic.total === 0 ? null : Math.round((old / traffic.total) * 100);
  return (
    <Card title="Traffic still on the old secret">
      {share === null ? (
        <p className="text-soft">No use since this page was opened. It is counted here as it happens.</p>
      ) : (
        <div className="flex flex-col gap-2.5">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <span className="text-2xl font-semibold tabular-nums" data-share={share}>
              {share} %
            </span>
            <span className="text-soft tabular-nums">
              {old.toLocaleString('en')} of {counted(traffic.total, 'use')} seen here in the last 5 minutes
            </span>
          </p>
          {/* biome-ignore lint/a11y/useSemanticElements: browsers draw a meter as they like. */}
          <div
            role="meter"
            aria-label="Share of the old secret"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={share}
            className="h-2.5 overflow-hidden rounded-full bg-chart"
          >
            <div className="h-full bg-line-strong transition-[width]" style={{ width: `${share}%` }} />
          </div>
          <p className="flex justify-between text-[0.8125rem] text-soft">
            <span>Old</span>
            <span>New</span>
          </p>
        </div>
      )}
    </Card>
  );
}

function SecretCard({
  title,
  secret,
  traffic,
  children,
}: {
  readonly title: string;
  readonly secret: SecretFactsFragment;
  readonly traffic: Traffic;
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
              {traffic.of(id) > 0 && (
                <span className="text-soft">
                  {' '}
                  · {traffic.of(id).toLocaleString('en')} in the last 5 minutes
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

const SPOKEN = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const;

/** A length of time in its largest unit: `3 hours`. */
function spoken(milliseconds: number): string {
  const [length, unit] = SPOKEN.find(([one]) => milliseconds >= one) ?? SPOKEN[3];
  const count = Math.max(1, Math.floor(milliseconds / length));
  return counted(count, unit);
}
