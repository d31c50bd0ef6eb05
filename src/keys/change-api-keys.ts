import { authorize } from '../access/authorize.ts';
import { keyScopeOf } from '../access/key-scope.ts';
import { callerNow, type Outcome, type PermittedChange, write } from '../command.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import type { Input } from '../core/input.ts';
import { keysInScope } from './api-key.ts';
import type { KeysContext } from './pending-usage.ts';

/** Maximum number of keys that are changed together. */
const IDS_MAX = 500;

/** The ids of the keys to change, 1 to 500, without duplicates (which count). Adds issues to `input`. */
export function readKeyIds(input: Input, ids: readonly string[]): string[] {
  const path = ['input', 'ids'];
  if (ids.length === 0) input.fault(path, 'REQUIRED', 'must contain at least one ID');
  return input.uniqueStrings(path, ids, IDS_MAX);
}

/**
 * A change of several keys in one transaction, with their organizations locked: like `command`, but in any number of
 * organizations. Requires the permission in each. Rejects with NotFoundError for the first unknown key, ForbiddenError,
 * and with what `work` rejects with. Call `authorizeSomewhere` first.
 */
export async function changeApiKeys<T>(
  ctx: KeysContext,
  permission: string,
  ids: readonly string[],
  work: (change: PermittedChange) => Promise<T>,
): Promise<Outcome<T>> {
  const organizationIds = await organizationsOf(ctx, ids);
  for (const organizationId of organizationIds) authorize(ctx, organizationId, permission);
  // This takes long enough that other requests should be served in between.
  return write({ ...ctx, db: ctx.unhurried }, async (change) => {
    for (const organizationId of organizationIds) await change.lock(organizationId);
    const principal = await callerNow(ctx, change.tx);
    for (const organizationId of organizationIds) authorize({ principal }, organizationId, permission);
    return work({ ...change, principal });
  });
}

/** The organizations of the keys, in the order in which they are always locked. */
async function organizationsOf(ctx: KeysContext, ids: readonly string[]): Promise<string[]> {
  const wellFormed = ids.filter((id) => isId('key', id));
  const rows =
    wellFormed.length === 0
      ? []
      : await keysInScope(ctx.db, keyScopeOf(ctx))
          .select(['id', 'organization_id'])
          .where('id', 'in', wellFormed)
          .execute();
  const own = rows.filter((row) => ctx.principal?.isOf(row.organization_id));
  const known = new Set(own.map((row) => row.id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw new NotFoundError(unknown, 'API key');
  return [...new Set(own.map((row) => row.organization_id))].sort();
}
