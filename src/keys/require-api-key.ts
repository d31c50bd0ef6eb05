import type { PermittedChange } from '../command.ts';
import { NotFoundError } from '../core/errors.ts';
import { type ApiKey, loadApiKeys } from './api-key.ts';
import type { KeysContext } from './pending-usage.ts';

type Within = Pick<PermittedChange, 'tx' | 'principal'>;

/** Loads the key in the transaction. Rejects with NotFoundError if it doesn't exist or is not visible to the caller. */
export async function requireApiKey(ctx: KeysContext, change: Within, id: string): Promise<ApiKey> {
  const [key] = (await requireApiKeys(ctx, change, [id])) as [ApiKey];
  return key;
}

/** The same for several keys, in the order of their ids. */
export async function requireApiKeys(
  ctx: KeysContext,
  { tx, principal }: Within,
  ids: readonly string[],
): Promise<ApiKey[]> {
  const keys = new Map((await loadApiKeys({ ...ctx, principal }, ids, tx)).map((key) => [key.id, key]));
  return ids.map((id) => {
    const key = keys.get(id);
    if (!key) throw new NotFoundError(id, 'API key');
    return key;
  });
}
