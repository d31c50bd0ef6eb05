import { write } from '../command.ts';
import type { Context } from '../context.ts';
import { createSession, type NewSession } from '../sessions/create-session.ts';
import { organizationsOf } from '../sessions/user-organizations.ts';
import { type Founded, type Founding, foundOrganization } from './found-organization.ts';

/**
 * Creates an organization whose owner is signed in, atomically. The session of an existing user also applies to their
 * other organizations, and is recorded in those audit logs. Rejects with ConflictError if the slug is taken.
 */
export async function foundAndSignIn(
  ctx: Context,
  founding: Founding,
): Promise<Founded & { readonly session: NewSession }> {
  const elsewhere = await reachedElsewhere(ctx, founding.owner.email);
  const { result } = await write(ctx, async (change) => {
    // Locks first and in the order of the ids, as everywhere, to avoid deadlocks.
    for (const organizationId of elsewhere) await change.lock(organizationId);
    const founded = await foundOrganization(ctx, change, founding);
    const organizationIds = [...elsewhere, founded.organization.id];
    const session = await createSession(change, founded.userId, { organizationIds });
    return { ...founded, session };
  });
  return result;
}

async function reachedElsewhere({ db }: Context, email: string): Promise<readonly string[]> {
  const user = await db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst();
  return user ? (await organizationsOf(db, user.id)).confirmed : [];
}
