import type { OidcFaultKind } from '../sessions/oidc-fault.ts';

/** What somebody is told whose sign-in came to nothing; the cause is in the log. */
interface Refused {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

const REFUSED: Readonly<Record<OidcFaultKind | 'broken', Refused>> = {
  failed: {
    status: 400,
    title: 'Signing in did not work',
    text: 'It was not finished, took too long, or was finished already. Please start again.',
  },
  refused: {
    status: 403,
    title: 'This account can’t sign in here',
    text: 'Ask those who run this service to invite you.',
  },
  unavailable: {
    status: 503,
    title: 'Single sign-on is away',
    text: 'The sign-in service does not answer. Please try again in a moment.',
  },
  broken: {
    status: 500,
    title: 'Signing in did not work',
    text: 'Something went wrong on the server. Please try again later.',
  },
};

/** The page for a sign-in that came to nothing, and its status. `requestId` leads whoever reads the log to the cause. */
export function refusedPage(
  kind: OidcFaultKind | 'broken',
  requestId: string,
): { status: number; html: string } {
  const { status, title, text } = REFUSED[kind];
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/sign-in.css">
  </head>
  <body>
    <main>
      <h1>Keywright</h1>
      <p class="fault">${title}</p>
      <p>${text}</p>
      <p><a class="button" href="/sign-in">Back to the sign-in</a></p>
      <p>Request <code>${requestId}</code></p>
    </main>
  </body>
</html>
`;
  return { status, html };
}
