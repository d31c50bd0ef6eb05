import type { Kysely, Transaction } from 'kysely';
import { NEVER, NOT_YET, type Tables } from '../../db/tables/tables.ts';
import { newId } from '../core/ids.ts';
import { foldName } from '../core/input.ts';
import { knownSecrets } from './known-secrets.ts';
import { type Environment, generateSecret, hashSecret, startOf } from './secret.ts';

/** A new secret. Its text is returned to the caller once; the rest is stored. */
export interface NewSecret {
  readonly id: string;
  readonly secret: string;
  readonly start: string;
}

/** Creates a secret; `insertSecret` stores it for a key. */
export function newSecret(prefix: string, environment: Environment): NewSecret {
  const secret = generateSecret(prefix, environment);
  return { id: newId('sec'), secret, start: startOf(secret) };
}

/** Adds a secret to a key. Only its hash and display form are stored. */
export async function insertSecret(
  tx: Transaction<Tables>,
  apiKeyId: string,
  { id, secret, start }: NewSecret,
  now: number,
): Promise<void> {
  await tx
    .insertInto('api_key_secrets')
    .values({
      id,
      api_key_id: apiKeyId,
      hash: hashSecret(secret),
      start,
      created_at: now,
      replaced_at: null,
      expires_at: NEVER,
      revoked_at: null,
    })
    .execute();
  await tx
    .insertInto('api_key_secret_usage')
    .values({ secret_id: id, last_used_at: NOT_YET, uses: 0 })
    .execute();
}

/**
 * The display forms by which a key is found: those of accepted secrets, and of the newest 100 that have expired or been
 * revoked.
 */
export async function startsOfKey(db: Kysely<Tables>, apiKeyId: string, now: number): Promise<string[]> {
  const rows = await db
    .selectFrom('api_key_secrets')
    .select('start')
    .where('id', 'in', knownSecrets([apiKeyId], now))
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => row.start);
}

/** The text that `search` matches. Line breaks separate the parts, and a search can't contain any. */
export function searchText(
  key: { readonly id: string; readonly name: string; readonly description: string | null },
  starts: readonly string[],
): string {
  return foldName([key.name, key.description ?? '', key.id, ...starts].join('\n'));
}
