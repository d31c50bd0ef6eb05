import { useId, useState } from 'react';
import { useSubmit } from '../../../api/use-submit.ts';
import { AlertDialog } from '../../../components/dialog.tsx';
import {
  type KeyFactsFragment,
  type PropagationFactsFragment,
  RevokeKeyDocument,
} from '../../../generated/graphql.ts';
import { ConfirmationForm, useConfirmation } from './confirmation.tsx';
import { KeyUse } from './key-use.tsx';
import { Revoked } from './revoked.tsx';

interface Props {
  readonly apiKey: KeyFactsFragment;
  onClose(): void;
}

/** Revokes a key: shows its usage, asks for its name, then shows the nodes that confirmed the revocation. */
export function RevokeDialog({ apiKey, onClose }: Props) {
  const [propagation, setPropagation] = useState<PropagationFactsFragment | null>(null);
  if (!propagation) return <RevokeQuestion apiKey={apiKey} onClose={onClose} onRevoked={setPropagation} />;
  return (
    <Revoked
      title={`“${apiKey.name}” is revoked`}
      description="Requests with this key are denied."
      propagation={propagation}
      onClose={onClose}
    />
  );
}

function RevokeQuestion({
  apiKey,
  onClose,
  onRevoked,
}: Props & { onRevoked(propagation: PropagationFactsFragment): void }) {
  const form = useId();
  // White space in names is shown as one space.
  const phrase = apiKey.name.replace(/\s+/g, ' ');
  const { input, setInput, isMeant, reason } = useConfirmation(phrase);
  const { submit, busy, fault } = useSubmit(RevokeKeyDocument, ({ revokeApiKey }) => revokeApiKey);
  const revoke = async () => {
    const payload = await submit({ input: { id: apiKey.id, reason } });
    if (payload) onRevoked(payload.propagation);
  };
  return (
    <AlertDialog
      title={`Revoke “${apiKey.name}”?`}
      description="The key stops working immediately. This can’t be undone."
      onClose={onClose}
      cancel="Keep the key"
      confirm={{ label: 'Revoke key', form, disabled: !isMeant, busy }}
    >
      <KeyUse apiKey={apiKey} />
      <ConfirmationForm
        id={form}
        phrase={phrase}
        input={input}
        fault={fault}
        onChange={setInput}
        onConfirmed={revoke}
      />
    </AlertDialog>
  );
}
