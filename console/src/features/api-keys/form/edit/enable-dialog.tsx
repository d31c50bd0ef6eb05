import { useState } from 'react';
import { now } from '../../../../api/clock.ts';
import { useSubmit } from '../../../../api/use-submit.ts';
import { useToast } from '../../../../design/patterns/toasts.tsx';
import { AlertDialog } from '../../../../design/primitives/dialog.tsx';
import { FormFault } from '../../../../design/primitives/field.tsx';
import { type KeyFactsFragment, UpdateKeyDocument } from '../../../../generated/graphql.ts';
import { KeyUse } from '../../revoke/key-use.tsx';

/** Asks whether to disable a key, or to enable it again, and does it. */
export function EnableDialog({ apiKey, onClose }: { readonly apiKey: KeyFactsFragment; onClose(): void }) {
  // As of when the dialog was opened. It may have changed since.
  const [enabled] = useState(apiKey.status === 'DISABLED');
  const { id, name, expiresAt } = apiKey;
  const { submit, busy, fault } = useSubmit(UpdateKeyDocument, ({ updateApiKey }) => updateApiKey);
  const toast = useToast();
  const answer = async () => {
    if (!(await submit({ input: { id, enabled } }))) return;
    toast({ tone: 'good', text: `“${name}” is ${enabled ? 'enabled' : 'disabled'}` });
    onClose();
  };
  const isPast = expiresAt && Date.parse(expiresAt) < now();
  return (
    <AlertDialog
      title={`${enabled ? 'Enable' : 'Disable'} “${name}”?`}
      description={
        enabled
          ? `The key works again immediately, with the same secrets and permissions.${isPast ? ' However, it has expired: extend its expiry to use it.' : ''}`
          : 'The key stops working immediately, until it is enabled again. Its secrets, permissions and history are kept.'
      }
      onClose={onClose}
      confirm={{
        label: enabled ? 'Enable' : 'Disable',
        look: enabled ? 'primary' : 'danger',
        busy,
        run: answer,
      }}
    >
      {!enabled && <KeyUse apiKey={apiKey} />}
      <FormFault fault={fault} />
    </AlertDialog>
  );
}
