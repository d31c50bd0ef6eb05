import type { Context } from '../context.ts';
import { requireCommandLine } from '../sessions/require-command-line.ts';

/** A user's identity at a provider. */
export interface UserIdentity {
  /** E-mail address of the user in Keywright. */
  readonly email: string;
  readonly issuer: string;
  readonly subject: string;
  /** When the user first signed in with it, milliseconds since the epoch. */
  readonly createdAt: number;
}

/** The identities of all users, by address. Only for the command line. */
export async function listIdentities(ctx: Context): Promise<UserIdentity[]> {
  requireCommandLine(ctx, 'identity.manage');
  const rows = await ctx.db
    .selectFrom('user_identities')
    .innerJoin('users', 'users.id', 'user_identities.user_id')
    .select([
      'users.email',
      'user_identities.issuer',
      'user_identities.subject',
      'user_identities.created_at as createdAt',
    ])
    .orderBy('users.email')
    .execute();
  return rows;
}
