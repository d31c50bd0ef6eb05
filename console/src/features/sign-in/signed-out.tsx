import { LogIn } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '../../design/primitives/button.tsx';
import { Message } from '../../shell/message.tsx';
import { useSession } from '../../viewer/session.tsx';

/** Shown to signed-out visitors. `ended`: the session has just ended. `isWorkKept`: with unsaved changes. */
export function SignedOut({ ended, isWorkKept }: { readonly ended: boolean; readonly isWorkKept: boolean }) {
  const { resume } = useSession();
  useEffect(() => {
    const before = document.title;
    document.title = 'Sign in · Keywright';
    return () => {
      document.title = before;
    };
  }, []);
  const provider = document.querySelector<HTMLMetaElement>('meta[name="single-sign-on"]')?.content;
  return (
    <Message
      title={ended ? 'Your session has ended' : 'Sign in to Keywright'}
      text={
        <>
          {ended && <p className="mb-2">You were signed out, here or on another device.</p>}
          {isWorkKept && (
            <p role="status" className="mb-2 font-medium text-text">
              Your unsaved changes are kept in this tab. Sign in again in another tab of this browser, and
              continue here.
            </p>
          )}
          <p>
            {provider ? 'Sign in with single sign-on, or open' : 'Open'} the one-time link that you were
            given. The operator of this server creates one with
          </p>
        </>
      }
    >
      <pre className="mt-3 rounded-lg bg-hover whitespace-pre-wrap break-words px-3 py-2.5 font-mono text-xs">
        {'# the first owner\nkeywright sign-in-link\n\n# another user\nkeywright sign-in-link EMAIL\n\n'}
        {'# in a clone of the repository\nnpm run -s keywright -- sign-in-link'}
      </pre>
      <p className="mt-3 text-soft">It works once, and for 15 minutes.</p>
      {provider && (
        <a
          href={provider}
          target={isWorkKept ? '_blank' : undefined}
          rel="noreferrer"
          className="mt-6 inline-flex h-9 items-center gap-2 rounded-lg bg-ink px-3.5 font-medium text-on-ink hover:bg-ink-hover"
        >
          <LogIn size={16} aria-hidden="true" />
          Sign in with single sign-on
        </a>
      )}
      {isWorkKept && (
        <Button className="mt-6" onClick={() => void resume()}>
          Continue after signing in
        </Button>
      )}
    </Message>
  );
}
