import { isInScope, keyScopeOf } from '../access/key-scope.ts';
import type { UseEvent } from '../changes/events.ts';
import type { Context } from '../context.ts';

const KEYS_PER_READ = 500;

/** A position in the order of last uses. */
export interface UsePlace {
  readonly at: number;
  readonly keyId: string;
}

/** The last use of each of the caller's keys that was used since `from`, earliest first, at most 500. */
export async function readRecentlyUsed(
  ctx: Context,
  organizationId: string,
  keyIds: readonly string[] | null,
  from: UsePlace,
): Promise<UseEvent[]> {
  // A few keys among many: their uses may be anywhere in the order.
  const scope = keyScopeOf(ctx);
  const db = keyIds || scope ? await ctx.scans.reader(ctx.db, 'api_key_usage', organizationId) : ctx.db;
  let query = db
    .selectFrom('api_key_usage')
    .select(['api_key_id', 'last_used_at', 'last_used_ip'])
    .where('organization_id', '=', organizationId)
    .where(isInScope(scope, 'api_key_usage.api_key_id'))
    .where((eb) => eb(eb.refTuple('last_used_at', 'api_key_id'), '>', eb.tuple(from.at, from.keyId)));
  if (keyIds) query = query.where('api_key_id', 'in', keyIds);
  const rows = await query.orderBy('last_used_at').orderBy('api_key_id').limit(KEYS_PER_READ).execute();
  const secrets = await lastSecrets(
    ctx,
    rows.map((row) => row.api_key_id),
  );
  return rows.flatMap((row) => {
    const secretId = secrets.get(row.api_key_id);
    if (!secretId) return [];
    const { api_key_id: keyId, last_used_at: at, last_used_ip: ip } = row;
    return [{ type: 'use', organizationId, keyId, secretId, at, ip }];
  });
}

async function lastSecrets(ctx: Context, keyIds: readonly string[]): Promise<Map<string, string>> {
  if (keyIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom('api_key_secret_usage as usage')
    .innerJoin('api_key_secrets as secret', 'secret.id', 'usage.secret_id')
    .select(['secret.id', 'secret.api_key_id'])
    .where('secret.api_key_id', 'in', keyIds)
    .orderBy('usage.last_used_at')
    .execute();
  // Keeps the last one of each key.
  return new Map(rows.map((row) => [row.api_key_id, row.id]));
}
