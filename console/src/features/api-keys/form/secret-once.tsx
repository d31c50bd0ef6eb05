import { ShieldAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { CopyButton } from '../../../design/patterns/copy-button.tsx';
import { type LeaveQuestion, useLeaveGuard } from '../../../design/patterns/leave-guard.tsx';
import { Button } from '../../../design/primitives/button.tsx';
import { AlertDialog, Dialog, DialogActions, DialogBody } from '../../../design/primitives/dialog.tsx';

const WARNING = 'Copy this secret now. You won’t be able to see it again.';

const LEAVING: LeaveQuestion = {
  title: 'Leave without a copy?',
  text: WARNING,
  leave: 'Leave anyway',
  stay: 'Back to the secret',
};

/**
 * Shows a new secret once. Closes when the viewer confirms having copied it, and warns otherwise. The caller keeps the
 * secret only in state that `done` clears.
 */
export function SecretOnce({
  title,
  secret,
  done,
  children,
}: {
  readonly title: string;
  readonly secret: string;
  done(): void;
  /** What to do next: a hint, or configuration snippets. */
  readonly children?: ReactNode;
}) {
  const [leaving, setLeaving] = useState(false);
  const copied = useLeaveGuard(LEAVING);
  const close = () => {
    copied();
    done();
  };
  return (
    <>
      <Dialog title={title} description={WARNING} wide onClose={() => setLeaving(true)}>
        <DialogBody>
          <div className="flex flex-col gap-1.5">
            <span className="font-medium">Secret</span>
            <div className="flex items-center gap-2 rounded-lg border border-warn bg-warn-soft py-2 pr-2 pl-3">
              <code className="min-w-0 grow font-mono text-[0.8125rem] break-all select-all">{secret}</code>
              <CopyButton text={secret} name="secret" words="Copy" />
            </div>
          </div>
          {children}
        </DialogBody>
        <DialogActions>
          <Button look="primary" onClick={close}>
            I have copied it
          </Button>
        </DialogActions>
      </Dialog>
      {leaving && (
        <AlertDialog
          title="Close without a copy?"
          description={WARNING}
          onClose={() => setLeaving(false)}
          cancel="Back to the secret"
          confirm={{
            label: (
              <>
                <ShieldAlert size={16} aria-hidden="true" />
                Close anyway
              </>
            ),
            run: close,
          }}
        />
      )}
    </>
  );
}
