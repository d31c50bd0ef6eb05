import { useState } from 'react';
import { CopyButton } from '../../design/patterns/copy-button.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../design/primitives/dialog.tsx';

/** Shows an invitation link once. Warns if it is closed without being copied. */
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
      title="Send this link to the new member"
      description={`${email} joins with it. It works once, within 7 days.`}
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
          It isn’t shown again. It signs in the person who opens it as this member, so send it to nobody else.
          You can create a new one at any time.
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
