import { authorizeSomewhere, type Outcome, type PermittedChange } from '../command.ts';
import { Input } from '../core/input.ts';
import type { ApiKey } from './api-key.ts';
import { changeApiKeys, readKeyIds } from './change-api-keys.ts';
import type { KeysContext } from './pending-usage.ts';
import { planUpdates } from './policy/plan-updates.ts';
import { requireApiKeys } from './require-api-key.ts';

/** The keys to enable or disable (1 to 500, duplicates count once). */
export interface UpdateApiKeysInput {
  readonly ids: readonly string[];
  readonly enabled: boolean;
}

const PERMISSION = 'api.key.update';

/**
 * Enables or disables several keys: all of them or none. Keys that are in this state already don't change. Requires
 * `api.key.update` in the organization of each, and what `updateApiKey` requires for each. Rejects with ValidationError,
 * NotFoundError for the first unknown key, ConflictError if one is revoked, EscalationError, or LimitExceededError if
 * more keys would become active than the organization can have. Returns the keys in the order of `ids`.
 */
export async function updateApiKeys(
  ctx: KeysContext,
  { ids: provided, enabled }: UpdateApiKeysInput,
): Promise<Outcome<ApiKey[]>> {
  authorizeSomewhere(ctx, PERMISSION);
  const input = new Input();
  const ids = readKeyIds(input, provided);
  input.check();
  return changeApiKeys(ctx, PERMISSION, ids, (change) => switchKeys(ctx, change, ids, enabled));
}

async function switchKeys(
  ctx: KeysContext,
  change: PermittedChange,
  ids: readonly string[],
  enabled: boolean,
): Promise<ApiKey[]> {
  const { tx, now, audit } = change;
  const keys = await requireApiKeys(ctx, change, ids);
  const updates = (await planUpdates(change, keys, { enabled })).filter(({ key }) => key.enabled !== enabled);
  if (updates.length === 0) return keys;
  const changedIds = updates.map(({ key }) => key.id);
  await tx
    .updateTable('api_keys')
    .set({ enabled: enabled ? 1 : 0, updated_at: now })
    .where('id', 'in', changedIds)
    .execute();
  for (const { key, changes } of updates)
    audit({ organizationId: key.organizationId, action: 'api_key.updated', targetId: key.id, changes });
  return keys.map((key) => (key.enabled === enabled ? key : { ...key, enabled, updatedAt: now }));
}
