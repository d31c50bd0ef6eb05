import { useSubmit } from '../../../api/use-submit.ts';
import { type KeyFactsFragment, RevokeKeyDocument } from '../../../generated/graphql.ts';
import { KeyUse } from './key-use.tsx';
import { RevocationDialog } from './revocation-dialog.tsx';

/** Revokes a key: shows its usage, asks for its name, then shows the nodes that confirmed the revocation. */
export function RevokeDialog({ apiKey, onClose }: { readonly apiKey: KeyFactsFragment; onClose(): void }) {
  const { id, name } = apiKey;
  const { submit, busy, fault } = useSubmit(RevokeKeyDocument, ({ revokeApiKey }) => revokeApiKey);
  return (
    <RevocationDialog
      question={{
        title: `Revoke “${name}”?`,
        description: 'The key stops working immediately. This can’t be undone.',
        cancel: 'Keep the key',
        confirm: 'Revoke key',
      }}
      // White space in names is shown as one space.
      phrase={name.replace(/\s+/g, ' ')}
      done={{ title: `“${name}” is revoked`, description: 'Requests with this key are denied.' }}
      fault={fault}
      busy={busy}
      revoke={(reason) => submit({ input: { id, reason } })}
      onClose={onClose}
    >
      <KeyUse apiKey={apiKey} />
    </RevocationDialog>
  );
}
