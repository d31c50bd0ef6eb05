import { CalendarClock } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { now } from '../../../api/clock.ts';
import { useSubmit } from '../../../api/use-submit.ts';
import { useToast } from '../../../design/patterns/toasts.tsx';
import { Button } from '../../../design/primitives/button.tsx';
import { counted } from '../../../design/primitives/counted.ts';
import { Dialog, DialogActions, DialogBody } from '../../../design/primitives/dialog.tsx';
import { type KeyFactsFragment, UpdateKeyDocument } from '../../../generated/graphql.ts';
import { type Expiry, expiryTime } from '../form/expiry.ts';
import { ExpiryField } from '../form/expiry-field.tsx';
import { useChangeable } from '../list/bulk-actions.ts';

/** The button that extends those of the selected keys that the viewer may change. */
export function ExtendSelection({
  keys,
  done,
}: {
  readonly keys: readonly KeyFactsFragment[];
  /** Clears the selection. */
  done(): void;
}) {
  // As of when the dialog was opened: extended keys leave the list.
  const [chosen, setChosen] = useState<readonly KeyFactsFragment[] | null>(null);
  const changeable = useChangeable(keys);
  const close = (isDone: boolean) => {
    setChosen(null);
    if (isDone) done();
  };
  return (
    <>
      <Button size="small" disabled={changeable.length === 0} onClick={() => setChosen(changeable)}>
        <CalendarClock size={15} aria-hidden="true" />
        Extend
      </Button>
      {chosen && <ExtendManyDialog keys={chosen} onClose={close} />}
    </>
  );
}

/** Extends several keys, one request after the other. After an error, it continues with the rest on request. */
function ExtendManyDialog({
  keys,
  onClose,
}: {
  readonly keys: readonly KeyFactsFragment[];
  onClose(isDone: boolean): void;
}) {
  const [expiry, setExpiry] = useState<Expiry>({ kind: 'days', days: 90 });
  const [extended, setExtended] = useState(0);
  const { submit, fault } = useSubmit(UpdateKeyDocument, ({ updateApiKey }) => updateApiKey);
  const [busy, setBusy] = useState(false);
  const toast = useToast();
  const next = keys[extended];
  const extend = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const expiresAt = expiryTime(expiry, now());
    for (const [index, { id }] of keys.entries()) {
      if (index < extended) continue;
      if (!(await submit({ input: { id, expiresAt } }))) return setBusy(false);
      setExtended(index + 1);
    }
    toast({ tone: 'good', text: `Extended ${counted(keys.length, 'key')}` });
    onClose(true);
  };
  return (
    <Dialog
      title={`Extend ${counted(keys.length, 'key')}`}
      description="All of them get the same expiry."
      onClose={() => onClose(extended > 0)}
    >
      <form onSubmit={extend} className="flex min-h-0 flex-col">
        <DialogBody>
          <ExpiryField value={expiry} error={fault?.at('expiresAt')} onChange={setExpiry} />
          {busy && (
            <p role="status" className="text-soft tabular-nums">
              {extended} of {keys.length} extended…
            </p>
          )}
          {fault && next && (
            <p role="alert" className="text-danger">
              {extended} of {keys.length} extended. “{next.name}” was not: {fault.message}
            </p>
          )}
        </DialogBody>
        <DialogActions>
          <Button onClick={() => onClose(extended > 0)}>{extended > 0 ? 'Close' : 'Cancel'}</Button>
          <Button type="submit" look="primary" busy={busy}>
            Extend
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
