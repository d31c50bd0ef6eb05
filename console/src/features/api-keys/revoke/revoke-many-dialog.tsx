import { useId, useState } from 'react';
import { useSubmit } from '../../../api/use-submit.ts';
import { counted } from '../../../components/counted.ts';
import { AlertDialog } from '../../../components/dialog.tsx';
import {
  type KeyFactsFragment,
  type PropagationFactsFragment,
  RevokeKeysDocument,
} from '../../../generated/graphql.ts';
import { ConfirmationForm, useConfirmation } from './confirmation.tsx';
import { Revoked } from './revoked.tsx';
import { SelectionUse } from './selection-use.tsx';

/** Maximum number of keys per request. */
const KEYS_MAX = 500;

interface Props {
  readonly keys: readonly KeyFactsFragment[];
  onClose(revoked: boolean): void;
}

/**
 * Revokes several keys, all or none: shows which are in use, asks for confirmation, then shows the nodes that
 * confirmed.
 */
export function RevokeManyDialog({ keys, onClose }: Props) {
  const [propagation, setPropagation] = useState<PropagationFactsFragment | null>(null);
  if (keys.length > KEYS_MAX) return <TooMany count={keys.length} onClose={onClose} />;
  if (!propagation) return <RevokeQuestion keys={keys} onClose={onClose} onRevoked={setPropagation} />;
  return (
    <Revoked
      title={`${counted(keys.length, 'key')} ${keys.length === 1 ? 'is' : 'are'} revoked`}
      description="Requests with these keys are denied."
      propagation={propagation}
      onClose={() => onClose(true)}
    />
  );
}

function RevokeQuestion({
  keys,
  onClose,
  onRevoked,
}: Props & { onRevoked(propagation: PropagationFactsFragment): void }) {
  const form = useId();
  const phrase = `revoke ${counted(keys.length, 'key')}`;
  const { input, setInput, isMeant, reason } = useConfirmation(phrase);
  const { submit, busy, fault } = useSubmit(RevokeKeysDocument, ({ revokeApiKeys }) => revokeApiKeys);
  const revoke = async () => {
    const payload = await submit({ input: { ids: keys.map(({ id }) => id), reason } });
    if (payload) onRevoked(payload.propagation);
  };
  return (
    <AlertDialog
      title={`Revoke ${counted(keys.length, 'key')}?`}
      description="Either all of these keys are revoked, or none. They stop working immediately. This can’t be undone."
      onClose={() => onClose(false)}
      cancel="Keep the keys"
      confirm={{ label: 'Revoke keys', form, disabled: !isMeant, busy }}
    >
      <SelectionUse keys={keys} />
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

function TooMany({ count, onClose }: { readonly count: number; onClose(revoked: boolean): void }) {
  return (
    <AlertDialog
      title="Too many keys selected"
      description={`${counted(count, 'key')} are selected. At most ${KEYS_MAX} can be revoked together.`}
      onClose={() => onClose(false)}
      cancel="Back"
      confirm={null}
    />
  );
}
