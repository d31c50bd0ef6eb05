import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { messageOf } from '../../api/fault.ts';
import { useToast } from '../../design/patterns/toasts.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { AlertDialog } from '../../design/primitives/dialog.tsx';
import { SignOutEverywhereDocument } from '../../generated/graphql.ts';
import { useSession } from '../../viewer/session.tsx';

/** Revokes all of the viewer's sessions, including the current one, after confirmation. */
export function SignOutEverywhere() {
  const { refresh } = useSession();
  const toast = useToast();
  const [isOpen, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const signOut = async () => {
    setBusy(true);
    try {
      await ask(SignOutEverywhereDocument, {});
      await refresh();
    } catch (error) {
      toast({ tone: 'danger', text: messageOf(error) });
      setBusy(false);
    }
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>Sign out everywhere</Button>
      {isOpen && (
        <AlertDialog
          title="Sign out everywhere?"
          description="This signs you out of all sessions immediately, including this one. To sign in again, use a new sign-in link or single sign-on."
          onClose={() => setOpen(false)}
          confirm={{ label: 'Sign out everywhere', busy, run: signOut }}
        />
      )}
    </>
  );
}
