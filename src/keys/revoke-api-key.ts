import { command, type Outcome } from '../command.ts';
import { Input, REASON_MAX } from '../core/input.ts';
import type { ApiKey } from './api-key.ts';
import { endApiKeys } from './end-api-keys.ts';
import { locateApiKey } from './locate-api-key.ts';
import type { KeysContext } from './pending-usage.ts';

/** The key to revoke and the reason, up to 500 characters. */
export interface RevokeApiKeyInput {
  readonly id: string;
  readonly reason?: string | null | undefined;
}

const PERMISSION = 'api.key.delete';

/**
 * Revokes a key and all its secrets, immediately and permanently. Revoking it again changes nothing and returns the first
 * result. Requires `api.key.delete`. Rejects with NotFoundError, or BAD_USER_INPUT for an invalid reason.
 */
export async function revokeApiKey(ctx: KeysContext, params: RevokeApiKeyInput): Promise<Outcome<ApiKey>> {
  const { organizationId } = await locateApiKey(ctx, params.id, PERMISSION);
  const input = new Input();
  const reason = input.text(['input', 'reason'], params.reason, REASON_MAX, { multiline: true, use: 'text' });
  input.checkArguments();
  const { result, propagation } = await command(ctx, { organizationId, permission: PERMISSION }, (change) =>
    endApiKeys(ctx, change, [params.id], reason),
  );
  const [apiKey] = result as [ApiKey];
  return { result: apiKey, propagation };
}
