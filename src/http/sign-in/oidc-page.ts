import type { OidcFaultKind } from '../../oidc/oidc-fault.ts';
import { signInDocument } from './sign-in-document.ts';

/** Page for a failed sign-in. The cause is only logged. */
interface Refused {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

/** Faults of the provider's responses, too many attempts, an unavailable database, and errors of the server. */
export type RefusedSignIn = OidcFaultKind | 'limited' | 'outage' | 'broken';

const REFUSED: Readonly<Record<RefusedSignIn, Refused>> = {
  failed: {
    status: 400,
    title: 'Sign-in failed',
    text: 'The sign-in was not completed, took too long or was already completed. Please start again.',
  },
  refused: {
    status: 403,
    title: 'This account can’t sign in here',
    text: 'Ask your administrator to invite you.',
  },
  limited: {
    status: 429,
    title: 'Too many attempts',
    text: 'Too many failed attempts from this address. Please try again in a minute.',
  },
  unavailable: {
    status: 503,
    title: 'Single sign-on is unavailable',
    text: 'The sign-in service does not respond. Please try again in a moment.',
  },
  outage: {
    status: 503,
    title: 'Sign-in is unavailable',
    text: 'The server can’t use its database at the moment. Please try again in a moment.',
  },
  broken: {
    status: 500,
    title: 'Sign-in failed',
    text: 'Something went wrong on the server. Please try again later.',
  },
};

/** The page for a failed sign-in, and its status. `requestId` identifies the log line with the cause. */
export function refusedPage(kind: RefusedSignIn, requestId: string): { status: number; html: string } {
  const { status, title, text } = REFUSED[kind];
  const main = `      <p class="fault">${title}</p>
      <p>${text}</p>
      <p><a class="button" href="/sign-in">Back to sign-in</a></p>
      <p>Request <code>${requestId}</code></p>`;
  return { status, html: signInDocument({ title, main }) };
}
