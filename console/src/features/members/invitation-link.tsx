import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../components/dialog.tsx';

/** Shows the link of an invitation, this once; who leaves without having copied it is asked. */
export function InvitationLink({
  link,
  email,
  onClose,
}: {
  readonly link: string;
  readonly email: string;
  onClose(): void;
}) {
  const [copied, setCopied] = useState(false);
  const [warned, setWarned] = useState(false);
  const leave = () => (copied || warned ? onClose() : setWarned(true));
  return (
    <Dialog
      title="Hand this link to the person"
      description={`${email} joins by it: once, within 7 days.`}
      onClose={leave}
    >
      <DialogBody>
        <p
          data-once
          className="rounded-lg border border-line bg-hover px-3 py-2.5 font-mono text-[0.8125rem] break-all select-all"
        >
          {link}
        </p>
        <p className="text-soft">
          It isn’t shown again. Whoever opens it is signed in as this person, so send it to nobody else. You
          can make a new one at any time.
        </p>
        <p role="alert" className="font-medium text-danger">
          {warned && !copied && 'You have not copied the link yet. Close again to leave without it.'}
        </p>
      </DialogBody>
      <DialogActions>
        <CopyButton
          text={link}
          name="invitation link"
          words="Copy the link"
          onCopied={() => setCopied(true)}
        />
        <Button look="primary" onClick={leave}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
