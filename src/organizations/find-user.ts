import type { Context } from '../context.ts';
import { isId } from '../core/ids.ts';
import { loadUsers, type User } from './user.ts';

/**
 * A user by id: the caller itself, or a member of an organization where the caller holds `member.view`. Null for anybody
 * else, known or not.
 */
export async function findUser(ctx: Context, id: string): Promise<User | null> {
  const [user] = await findUsers(ctx, [id]);
  return user ?? null;
}

/** Those of the users that `findUser` finds, in any order. */
export async function findUsers(ctx: Context, ids: readonly string[]): Promise<User[]> {
  const { principal } = ctx;
  const wellFormed = ids.filter((id) => isId('user', id));
  if (!principal || wellFormed.length === 0) return [];
  const memberships = await ctx.db
    .selectFrom('memberships')
    .select(['user_id', 'organization_id'])
    .where('user_id', 'in', wellFormed)
    .execute();
  const shown = memberships.filter((row) => principal.can(row.organization_id, 'member.view'));
  const visible = new Set([principal.actor, ...shown.map((row) => row.user_id)]);
  return loadUsers(
    ctx.db,
    wellFormed.filter((id) => visible.has(id)),
  );
}
