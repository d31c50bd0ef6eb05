import type { Context } from '../context.ts';
import { isId } from '../core/ids.ts';
import { loadUsers, type User } from './user.ts';

/**
 * A user by id: the caller itself, or a member of an organization where the caller holds `member.view`. Null for anybody
 * else, known or not.
 */
export async function findUser(ctx: Context, id: string): Promise<User | null> {
  const { principal } = ctx;
  if (!principal || !isId('user', id)) return null;
  const memberships = await ctx.db
    .selectFrom('memberships')
    .select('organization_id')
    .where('user_id', '=', id)
    .execute();
  const visible =
    principal.actor === id || memberships.some((row) => principal.can(row.organization_id, 'member.view'));
  const [user] = visible ? await loadUsers(ctx.db, [id]) : [];
  return user ?? null;
}
