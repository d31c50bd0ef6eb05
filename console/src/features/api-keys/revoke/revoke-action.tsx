import { Ban } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../design/primitives/button.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { RevokeDialog } from './revoke-dialog.tsx';

/** The button that revokes one key. Its result stays until it is closed. */
export function RevokeAction({ apiKey }: { readonly apiKey: KeyFactsFragment }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      {apiKey.status !== 'REVOKED' && (
        <Button onClick={() => setOpen(true)} className="text-danger!">
          <Ban size={16} aria-hidden="true" />
          Revoke
        </Button>
      )}
      {isOpen && <RevokeDialog apiKey={apiKey} onClose={() => setOpen(false)} />}
    </>
  );
}
