import { authorize, authorizeSomewhere } from '../access/authorize.ts';
import type { Principal } from '../access/principal.ts';
import type { Context } from '../context.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';

/**
 * The organization of a key, where the caller holds the permission there. A key of an organization that the caller is no
 * part of is answered like one that doesn't exist: NotFoundError. Throws UnauthenticatedError and ForbiddenError besides.
 */
export async function locateApiKey(
  ctx: Context,
  id: string,
  permission: string,
): Promise<{ organizationId: string; principal: Principal }> {
  const principal = authorizeSomewhere(ctx, permission);
  const organizationId = isId('key', id) ? await organizationOf(ctx, id) : undefined;
  if (organizationId === undefined || !principal.isOf(organizationId)) throw new NotFoundError(id, 'API key');
  authorize(ctx, organizationId, permission);
  return { organizationId, principal };
}

async function organizationOf(ctx: Context, id: string): Promise<string | undefined> {
  const row = await ctx.db
    .selectFrom('api_keys')
    .select('organization_id')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.organization_id;
}
