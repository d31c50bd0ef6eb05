import { issueSignInLink } from '../sign-in/issue-sign-in-link.ts';
import type { Io } from './io.ts';
import { withContext } from './with-context.ts';

/** Prints a fresh one-time link for an existing user. Rejects where no one has the address. */
export async function signInLink(io: Io, email: string): Promise<void> {
  const { url } = await withContext(io, (ctx) => issueSignInLink(ctx, email));
  io.stdout.write(`${url}\n`);
  io.stderr.write('The link works once and expires in 15 minutes.\n');
}
