import { authorizeSomewhere, type Outcome } from '../command.ts';
import { Input, REASON_MAX } from '../core/input.ts';
import type { ApiKey } from './api-key.ts';
import { changeApiKeys, readKeyIds } from './change-api-keys.ts';
import { endApiKeys } from './end-api-keys.ts';
import type { KeysContext } from './pending-usage.ts';

/** The keys to revoke (1 to 500, duplicates count once) and the reason. */
export interface RevokeApiKeysInput {
  readonly ids: readonly string[];
  readonly reason?: string | null | undefined;
}

const PERMISSION = 'api.key.delete';

/**
 * Revokes several keys and all their secrets, immediately and permanently: all of them or none. Those that are revoked
 * already keep their first result. Requires `api.key.delete` in the organization of each. Rejects with ValidationError,
 * or with NotFoundError for the first key concerned.
 */
export async function revokeApiKeys(
  ctx: KeysContext,
  params: RevokeApiKeysInput,
): Promise<Outcome<ApiKey[]>> {
  authorizeSomewhere(ctx, PERMISSION);
  const input = new Input();
  const ids = readKeyIds(input, params.ids);
  const reason = input.text(['input', 'reason'], params.reason, REASON_MAX, { multiline: true, use: 'text' });
  input.check();
  return changeApiKeys(ctx, PERMISSION, ids, (change) => endApiKeys(ctx, change, ids, reason));
}
