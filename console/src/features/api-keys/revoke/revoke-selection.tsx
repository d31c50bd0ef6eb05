import { Ban } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../design/primitives/button.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { RevokeManyDialog } from './revoke-many-dialog.tsx';

/** The button that revokes the selected keys that are not yet revoked. */
export function RevokeSelection({
  keys,
  done,
}: {
  readonly keys: readonly KeyFactsFragment[];
  done(): void;
}) {
  // As of when the dialog was opened: they change when they are revoked.
  const [chosen, setChosen] = useState<readonly KeyFactsFragment[] | null>(null);
  const revocable = keys.filter(({ status }) => status !== 'REVOKED');
  const close = (revoked: boolean) => {
    setChosen(null);
    if (revoked) done();
  };
  return (
    <>
      <Button
        look="danger"
        size="small"
        disabled={revocable.length === 0}
        onClick={() => setChosen(revocable)}
      >
        <Ban size={15} aria-hidden="true" />
        Revoke
      </Button>
      {chosen && <RevokeManyDialog keys={chosen} onClose={close} />}
    </>
  );
}
