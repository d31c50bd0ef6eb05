import { authorize, authorizeSomewhere } from '../access/authorize.ts';
import type { Context } from '../context.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';

const KINDS = {
  role: { table: 'current_roles', name: 'role' },
  team: { table: 'teams', name: 'team' },
  mem: { table: 'memberships', name: 'member' },
} as const;

/**
 * The organization of a role, team or membership, if the caller has the permission there. Rejects with NotFoundError
 * for objects that don't exist and for those of other organizations alike, with UnauthenticatedError, or with
 * ForbiddenError.
 */
export async function locate(
  ctx: Context,
  type: keyof typeof KINDS,
  id: string,
  permission: string,
): Promise<string> {
  const principal = authorizeSomewhere(ctx, permission);
  const { table, name } = KINDS[type];
  const row = isId(type, id)
    ? await ctx.db.selectFrom(table).select('organization_id').where('id', '=', id).executeTakeFirst()
    : undefined;
  if (!row || !principal.isOf(row.organization_id)) throw new NotFoundError(id, name);
  authorize(ctx, row.organization_id, permission);
  return row.organization_id;
}
