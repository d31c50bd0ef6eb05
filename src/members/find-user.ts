import type { Context } from '../context.ts';
import { isId } from '../core/ids.ts';
import { findOwnName } from '../sign-in/own-name.ts';
import { loadKnownUsers, loadUsers, type User } from './user.ts';

/**
 * The users that are visible to the caller, in any order: the caller itself, and members of organizations where it has
 * `member.view`, by their name in the first of these organizations. Other users are omitted.
 */
export async function findUsers(ctx: Context, ids: readonly string[]): Promise<User[]> {
  const { principal, db } = ctx;
  const wellFormed = ids.filter((id) => isId('user', id));
  if (!principal || wellFormed.length === 0) return [];
  const memberships = await db
    .selectFrom('memberships')
    .select(['user_id', 'organization_id'])
    .where('user_id', 'in', wellFormed)
    .where('joined_at', 'is not', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const shown = new Map<string, string>();
  for (const { user_id, organization_id } of memberships)
    if (user_id !== principal.actor && !shown.has(user_id) && principal.can(organization_id, 'member.view'))
      shown.set(user_id, organization_id);
  const known = [...shown].map(([userId, organizationId]) => ({ userId, organizationId }));
  const others = (await loadKnownUsers(db, known)).filter((user) => user !== null);
  return wellFormed.includes(principal.actor) ? [...(await findSelf(ctx)), ...others] : others;
}

async function findSelf({ principal, db }: Context): Promise<User[]> {
  if (principal?.kind !== 'user') return [];
  const { userId, limitedTo } = principal;
  const name = await findOwnName(db, userId, limitedTo);
  return (await loadUsers(db, [userId])).map((user) => ({ ...user, name }));
}
