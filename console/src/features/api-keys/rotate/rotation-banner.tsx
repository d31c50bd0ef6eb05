import { RefreshCw } from 'lucide-react';
import { now } from '../../../api/clock.ts';
import { ButtonLink } from '../../../design/primitives/button.tsx';
import { FullTime } from '../../../design/primitives/time.tsx';
import type { SecretFactsFragment } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import { remaining } from './spoken.ts';
import { rotationOf, type Secrets, useRotation } from './use-rotation.ts';

/** Says that a key is in rotation, how far it is, and when the overlap ends. Nothing for other keys. */
export function RotationBanner({
  keyId,
  secrets,
}: {
  readonly keyId: string;
  readonly secrets: readonly SecretFactsFragment[];
}) {
  const rotation = rotationOf(secrets);
  if (!rotation) return null;
  return <Banner key={rotation.active.id} keyId={keyId} {...rotation} />;
}

function Banner({ keyId, active, retiring }: Secrets & { readonly keyId: string }) {
  const opens = useOpens();
  const share = useRotation({ active, retiring }).rotation?.share;
  const end = retiring
    .map(({ expiresAt }) => expiresAt ?? '')
    .sort()
    .at(-1);
  return (
    <section
      aria-label="Rotation"
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-xl border border-line bg-card px-4 py-3 shadow-card"
    >
      <div className="flex min-w-0 gap-3">
        <RefreshCw size={17} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
        <div className="min-w-0">
          <p className="font-medium">
            This key is in rotation
            {share && ': '}
            {share &&
              (share.percent === null
                ? 'it has not been used since then'
                : share.percent === 0
                  ? 'the old secret is no longer used'
                  : `${share.percent}% of its uses since then are still with the old secret`)}
          </p>
          {end && (
            <p className="mt-0.5 text-small text-soft">
              Both secrets are accepted for another {remaining(Date.parse(end) - now())}, until{' '}
              <FullTime at={end} />. Then requests with the old one are denied.
            </p>
          )}
        </div>
      </div>
      {opens('/keys/:keyId/rotate') && (
        <ButtonLink to={`/keys/${keyId}/rotate`}>Open the rotation</ButtonLink>
      )}
    </section>
  );
}
