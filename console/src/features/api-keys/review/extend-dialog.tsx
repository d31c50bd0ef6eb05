import { type FormEvent, useState } from 'react';
import { now } from '../../../api/clock.ts';
import { useSubmit } from '../../../api/use-submit.ts';
import { useToast } from '../../../design/patterns/toasts.tsx';
import { Button } from '../../../design/primitives/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../../design/primitives/dialog.tsx';
import { FormFault } from '../../../design/primitives/field.tsx';
import { FullTime } from '../../../design/primitives/time.tsx';
import { type KeyFactsFragment, UpdateKeyDocument } from '../../../generated/graphql.ts';
import { type Expiry, expiryTime } from '../form/expiry.ts';
import { ExpiryField } from '../form/expiry-field.tsx';

/** Extends or removes a key's expiry. */
export function ExtendDialog({ apiKey, onClose }: { readonly apiKey: KeyFactsFragment; onClose(): void }) {
  const [expiry, setExpiry] = useState<Expiry>({ kind: 'days', days: 90 });
  const { submit, busy, fault } = useSubmit(UpdateKeyDocument, ({ updateApiKey }) => updateApiKey);
  const toast = useToast();
  const extend = async (event: FormEvent) => {
    event.preventDefault();
    const payload = await submit({ input: { id: apiKey.id, expiresAt: expiryTime(expiry, now()) } });
    if (!payload) return;
    const { name, expiresAt } = payload.apiKey;
    toast({
      tone: 'good',
      text: expiresAt ? (
        <>
          “{name}” expires <FullTime at={expiresAt} />
        </>
      ) : (
        `“${name}” no longer expires`
      ),
    });
    onClose();
  };
  return (
    <Dialog
      title={`Extend “${apiKey.name}”`}
      description={
        apiKey.expiresAt && (
          <>
            It expires <FullTime at={apiKey.expiresAt} />.
          </>
        )
      }
      onClose={onClose}
    >
      <form onSubmit={extend} className="flex min-h-0 flex-col">
        <DialogBody>
          <ExpiryField value={expiry} error={fault?.at('expiresAt')} onChange={setExpiry} />
          <FormFault fault={fault} fields={['expiresAt']} />
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy}>
            Extend
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
