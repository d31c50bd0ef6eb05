import { authorize, authorizeSomewhere } from '../access/authorize.ts';
import { isId } from '../core/ids.ts';
import { type ApiKey, loadApiKeys } from './api-key.ts';
import type { KeysContext } from './pending-usage.ts';

const PERMISSION = 'api.key.view';

/**
 * The key with this id. Null if it doesn't exist, or not in an organization of the caller. Throws ForbiddenError if the
 * caller lacks `api.key.view` in its organization.
 */
export async function findApiKey(ctx: KeysContext, id: string): Promise<ApiKey | null> {
  const principal = authorizeSomewhere(ctx, PERMISSION);
  const [key] = isId('key', id) ? await loadApiKeys(ctx, [id]) : [];
  if (!key || !principal.isOf(key.organizationId)) return null;
  authorize(ctx, key.organizationId, PERMISSION);
  return key;
}
