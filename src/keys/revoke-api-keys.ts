import { authorize, authorizeSomewhere } from '../access/authorize.ts';
import type { Principal } from '../access/principal.ts';
import { callerNow, type Outcome, write } from '../command.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { Input, REASON_MAX } from '../core/input.ts';
import { type ApiKey, keysInScope } from './api-key.ts';
import { endApiKeys } from './end-api-keys.ts';
import type { KeysContext } from './pending-usage.ts';

/** The keys to revoke (1 to 500, duplicates count once) and the reason. */
export interface RevokeApiKeysInput {
  readonly ids: readonly string[];
  readonly reason?: string | null | undefined;
}

const PERMISSION = 'api.key.delete';
const IDS_MAX = 500;

/**
 * Revokes several keys and all their secrets, immediately and permanently: all of them or none. Those that are revoked
 * already keep their first result. Requires `api.key.delete` in the organization of each. Rejects with ValidationError,
 * or with NotFoundError for the first key concerned.
 */
export async function revokeApiKeys(
  ctx: KeysContext,
  params: RevokeApiKeysInput,
): Promise<Outcome<ApiKey[]>> {
  const principal = authorizeSomewhere(ctx, PERMISSION);
  const input = new Input();
  const ids = input.uniqueStrings(['input', 'ids'], params.ids, IDS_MAX);
  if (params.ids.length === 0) input.fault(['input', 'ids'], 'must contain at least one ID');
  const reason = input.text(['input', 'reason'], params.reason, REASON_MAX, { multiline: true, use: 'text' });
  input.check();
  const organizationIds = await organizationsOf(ctx, principal, ids);
  for (const organizationId of organizationIds) authorize(ctx, organizationId, PERMISSION);
  // This takes long enough that other requests should be served in between.
  return write({ ...ctx, db: ctx.unhurried }, async (change) => {
    for (const organizationId of organizationIds) await change.lock(organizationId);
    const now = await callerNow(ctx, change.tx);
    for (const organizationId of organizationIds) authorize({ principal: now }, organizationId, PERMISSION);
    return endApiKeys(ctx, { ...change, principal: now }, ids, reason);
  });
}

/** The organizations of the keys, in the order in which they are always locked. */
async function organizationsOf(
  ctx: KeysContext,
  principal: Principal,
  ids: readonly string[],
): Promise<string[]> {
  const wellFormed = ids.filter((id) => isId('key', id));
  const rows =
    wellFormed.length === 0
      ? []
      : await keysInScope(ctx.db, principal.keyScope)
          .select(['id', 'organization_id'])
          .where('id', 'in', wellFormed)
          .execute();
  const own = rows.filter((row) => principal.isOf(row.organization_id));
  const known = new Set(own.map((row) => row.id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw new NotFoundError(unknown, 'API key');
  return [...new Set(own.map((row) => row.organization_id))].sort();
}
