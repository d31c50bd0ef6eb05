import type { PermittedChange } from '../command.ts';
import { NotFoundError } from '../core/errors.ts';
import { type ApiKey, loadApiKeys } from './api-key.ts';
import type { KeysContext } from './pending-usage.ts';

/** Loads the key in the transaction. Rejects with NotFoundError if it doesn't exist or is not visible to the caller. */
export async function requireApiKey(
  ctx: KeysContext,
  { tx, principal }: Pick<PermittedChange, 'tx' | 'principal'>,
  id: string,
): Promise<ApiKey> {
  const [key] = await loadApiKeys({ ...ctx, principal }, [id], tx);
  if (!key) throw new NotFoundError(id, 'API key');
  return key;
}
