import { ShieldCheck } from 'lucide-react';
import { Card, EmptyState } from '../../../design/patterns/page.tsx';
import { ButtonLink } from '../../../design/primitives/button.tsx';
import type { FinishRotationMutation } from '../../../generated/graphql.ts';
import { Propagated } from '../revoke/propagation.tsx';

type Payload = Extract<FinishRotationMutation['revokeApiKeySecret'], { propagation: unknown }>;

/** Final state of the old secret. */
export interface Finished {
  readonly start: string;
  readonly propagation: Payload['propagation'];
}

/** The last step: the nodes that confirmed the revocation of the old secret. */
export function RotationFinished({
  keyId,
  finished,
}: {
  readonly keyId: string;
  readonly finished: Finished;
}) {
  return (
    <Card>
      <EmptyState
        icon={ShieldCheck}
        title="The rotation is finished"
        action={
          <ButtonLink to={`/keys/${keyId}`} look="primary">
            Back to the key
          </ButtonLink>
        }
      >
        <p>
          The secret that starts with <span className="font-mono">{finished.start}</span> is{' '}
          <Propagated propagation={finished.propagation} />.
        </p>
      </EmptyState>
    </Card>
  );
}
