import { firstOwner } from '../sign-in/first-owner.ts';
import { issueSignInLink } from '../sign-in/issue-sign-in-link.ts';
import { signIn } from '../sign-in/sign-in.ts';
import type { Io } from './io.ts';
import { withContext } from './with-context.ts';

/**
 * Prints a fresh one-time link for an existing user; without an address, for the first owner. Rejects with
 * NotFoundError if no one has the address.
 */
export async function signInLink(io: Io, address: string | undefined): Promise<void> {
  const { email, url } = await withContext(io, async (ctx) => {
    const email = address ?? (await firstOwner(ctx.db));
    return { email, url: (await issueSignInLink(ctx, email)).url };
  });
  io.stdout.write(`${url}\n`);
  io.stderr.write(`The link signs in ${email}, works once and expires in 15 minutes.\n`);
}

/** Prints the token of a new session for the same users, as if they had opened such a link in a program. */
export async function sessionToken(io: Io, address: string | undefined): Promise<void> {
  const { sessionToken: token, user } = await withContext(io, async (ctx) => {
    const link = await issueSignInLink(ctx, address ?? (await firstOwner(ctx.db)));
    return (await signIn(ctx, link)).result;
  });
  io.stdout.write(`${token}\n`);
  io.stderr.write(`Signed in as ${user.email}. The session expires after 12 hours without use.\n`);
}
