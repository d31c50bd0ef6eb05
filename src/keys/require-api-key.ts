import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { Context } from '../context.ts';
import { NotFoundError } from '../core/errors.ts';
import { type ApiKey, loadApiKeys } from './api-key.ts';

/** The key as the transaction sees it. Rejects with NotFoundError. */
export async function requireApiKey(ctx: Context, tx: Kysely<Tables>, id: string): Promise<ApiKey> {
  const [key] = await loadApiKeys(ctx, [id], tx);
  if (!key) throw new NotFoundError(id, 'API key');
  return key;
}
