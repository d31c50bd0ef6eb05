import { useState } from 'react';
import { CopyButton } from '../design/patterns/copy-button.tsx';
import { Button } from '../design/primitives/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../design/primitives/dialog.tsx';
import { TextField } from '../design/primitives/field.tsx';
import { useSession, useViewer } from '../viewer/session.tsx';

/** How an organization is created: only the operator of the server can, so this is the command for it. */
export function NewOrganization({ onClose }: { onClose(): void }) {
  const { email } = useViewer();
  const { refresh } = useSession();
  const [name, setName] = useState('');
  const command = `keywright init --organization ${quoted(name.trim() || 'NAME')} --email ${quoted(email)}`;
  const close = () => {
    // It may exist by now, and is then in the switcher.
    void refresh();
    onClose();
  };
  return (
    <Dialog
      title="Create an organization"
      description="Only the operator of this server can create organizations, on the server itself. You become the owner."
      onClose={close}
    >
      <DialogBody>
        <TextField label="Name" maxLength={100} value={name} onChange={setName} />
        <div className="flex flex-col gap-1.5">
          <span className="font-medium">Command for the operator</span>
          <div className="flex items-start gap-1 rounded-lg bg-hover py-1.5 pr-1.5 pl-3.5">
            <code className="min-w-0 grow py-1.5 font-mono text-xs leading-5 break-all">{command}</code>
            <CopyButton text={command} name="command" />
          </div>
        </div>
      </DialogBody>
      <DialogActions>
        <Button look="primary" onClick={close}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** A text as one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
