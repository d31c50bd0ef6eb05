import { LogIn } from 'lucide-react';
import { useEffect } from 'react';
import { Message } from '../../shell/message.tsx';

/** Shown to signed-out visitors. `ended`: the session has just ended. */
export function SignedOut({ ended }: { readonly ended: boolean }) {
  useEffect(() => {
    document.title = 'Sign in · Keywright';
  }, []);
  const provider = document.querySelector<HTMLMetaElement>('meta[name="single-sign-on"]')?.content;
  return (
    <Message
      title={ended ? 'Your session has ended' : 'Sign in to Keywright'}
      text={
        <>
          {ended && <p className="mb-2">You were signed out, here or on another device.</p>}
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
          className="mt-6 inline-flex h-9 items-center gap-2 rounded-lg bg-ink px-3.5 font-medium text-on-ink hover:bg-ink-hover"
        >
          <LogIn size={16} aria-hidden="true" />
          Sign in with single sign-on
        </a>
      )}
    </Message>
  );
}
