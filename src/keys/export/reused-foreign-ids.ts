import type { Kysely } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import { idsByForeignId } from '../import/insert-imports.ts';
import { readHash } from '../import/read-hash.ts';
import type { HashAlgorithm, Peppers } from '../import/stored-hash.ts';
import { withoutTaken } from './exported-hash.ts';

/** Password hashes and HMACs are not compared. */
const DIGESTS: readonly HashAlgorithm[] = ['SHA256', 'SHA384', 'SHA512'];

/** No HMAC is read. */
const NO_PEPPERS: Peppers = new Map();

interface Identified {
  readonly foreignId: string;
  readonly secrets: readonly { readonly algorithm: HashAlgorithm; readonly hash: string }[];
}

/**
 * The indexes of keys whose `foreignId` was imported before, but with secrets of which it has none: another key with the
 * same ID. Only keys with digests are compared, and only as long as no other digest was replaced by SHA-256.
 */
export async function reusedForeignIds(
  db: Kysely<Tables>,
  organizationId: string,
  keys: readonly Identified[],
): Promise<number[]> {
  const known = await idsByForeignId(
    db,
    organizationId,
    keys.map(({ foreignId }) => foreignId),
  );
  if (known.size === 0) return [];
  const rows = await db
    .selectFrom('api_key_secrets')
    .select(['api_key_id', 'hash'])
    .where('api_key_id', 'in', [...known.values()])
    .execute();
  const stored = new Map<string, string[]>();
  for (const { api_key_id, hash } of rows)
    stored.set(api_key_id, [...(stored.get(api_key_id) ?? []), withoutTaken(hash)]);
  return keys.flatMap(({ foreignId, secrets }, index) => {
    const hashes = stored.get(known.get(foreignId) ?? '') ?? [];
    return hashes.length === 0 || mayBeOf(secrets, hashes) ? [] : [index];
  });
}

/** Whether a key with these stored hashes may have been imported with these secrets. */
function mayBeOf(secrets: Identified['secrets'], stored: readonly string[]): boolean {
  if (!secrets.every(({ algorithm }) => DIGESTS.includes(algorithm))) return true;
  const isReplaced = secrets.some(({ algorithm }) => algorithm !== 'SHA256') && stored.some(isSha256);
  return (
    isReplaced ||
    secrets.some(({ algorithm, hash }) => {
      const read = readHash(algorithm, hash, NO_PEPPERS);
      // Invalid hashes are reported later.
      return typeof read === 'string' || stored.includes(read.stored);
    })
  );
}

function isSha256(stored: string): boolean {
  return /^[0-9a-f]{64}$/.test(stored);
}
