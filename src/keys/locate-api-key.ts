import { authorize, authorizeSomewhere } from '../access/authorize.ts';
import { keyScopeOf } from '../access/key-scope.ts';
import type { Principal } from '../access/principal.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { keysInScope } from './api-key.ts';
import type { KeysContext } from './pending-usage.ts';

/**
 * The organization of a key, if the caller has the permission there. Throws NotFoundError for keys that don't exist and
 * for those of other organizations or teams alike, UnauthenticatedError, or ForbiddenError.
 */
export async function locateApiKey(
  ctx: KeysContext,
  id: string,
  permission: string,
): Promise<{ organizationId: string; principal: Principal }> {
  const principal = authorizeSomewhere(ctx, permission);
  const organizationId = isId('key', id) ? await organizationOf(ctx, id) : undefined;
  if (organizationId === undefined || !principal.isOf(organizationId)) throw new NotFoundError(id, 'API key');
  authorize(ctx, organizationId, permission);
  return { organizationId, principal };
}

async function organizationOf(ctx: KeysContext, id: string): Promise<string | undefined> {
  const row = await keysInScope(ctx.db, keyScopeOf(ctx))
    .select('organization_id')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.organization_id;
}
