import { unlinkIdentity } from '../../oidc/unlink-identity.ts';
import type { Io } from '../io.ts';
import { withContext } from '../with-context.ts';

/** Unlinks a user from the identity at the OpenID provider. Rejects if there is no such user or identity. */
export async function unlink(io: Io, email: string): Promise<void> {
  await withContext(io, (ctx) => unlinkIdentity(ctx, email));
  io.stdout.write(`Unlinked ${email}\n`);
}
