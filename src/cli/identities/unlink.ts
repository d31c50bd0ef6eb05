import { unlinkIdentity } from '../../oidc/unlink-identity.ts';
import type { Io } from '../io.ts';
import { withContext } from '../with-context.ts';

/** Parts a user from the identity at the OpenID provider. Rejects where there is no such user, or no identity. */
export async function unlink(io: Io, email: string): Promise<void> {
  await withContext(io, (ctx) => unlinkIdentity(ctx, email));
  io.stdout.write(`Unlinked ${email}\n`);
}
