import { ShieldAlert } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { CopyButton } from '../../../design/patterns/copy-button.tsx';
import { Button } from '../../../design/primitives/button.tsx';
import { AlertDialog, Dialog, DialogActions, DialogBody } from '../../../design/primitives/dialog.tsx';

const WARNING = 'Copy this secret now. You won’t be able to see it again.';

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
  useLeaveWarning();
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
          <Button look="primary" onClick={done}>
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
            run: done,
          }}
        />
      )}
    </>
  );
}

/** As far as browsers allow, asks before the page is left, closed or reloaded. */
export function useLeaveWarning(): void {
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    window.addEventListener('beforeunload', (event) => event.preventDefault(), { signal });
    // Back navigation within the page, if the browser reports it.
    const { navigation } = window as { readonly navigation?: EventTarget };
    navigation?.addEventListener(
      'navigate',
      (event) => {
        const { destination } = event as Event & {
          readonly destination?: { readonly sameDocument: boolean };
        };
        // For another document, the browser itself has asked.
        if (!event.cancelable || !destination?.sameDocument) return;
        if (!window.confirm(`${WARNING} Leave anyway?`)) event.preventDefault();
      },
      { signal },
    );
    return () => stop.abort();
  }, []);
}
