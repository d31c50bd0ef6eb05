import type { Kysely } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import { idsByForeignId } from '../import/insert-imports.ts';
import { readHash } from '../import/read-hash.ts';
import type { HashAlgorithm, Peppers } from '../import/stored-hash.ts';

/** Digests are stored as they are imported. A password hash is replaced once its secret is used. */
const DIGESTS: readonly HashAlgorithm[] = ['SHA256', 'SHA384', 'SHA512'];

/** No HMAC is read. */
const NO_PEPPERS: Peppers = new Map();

interface Identified {
  readonly foreignId: string;
  readonly secrets: readonly { readonly algorithm: HashAlgorithm; readonly hash: string }[];
}

/**
 * The indexes of keys whose `foreignId` was imported before, but with secrets of which it has none: another key with the
 * same ID. Keys with password hashes can't be compared.
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
  const digests = keys.map(({ foreignId, secrets }) =>
    known.has(foreignId) && secrets.every(({ algorithm }) => DIGESTS.includes(algorithm))
      ? secrets
          .map(({ algorithm, hash }) => readHash(algorithm, hash, NO_PEPPERS))
          .filter((read) => typeof read !== 'string')
      : [],
  );
  const stored = digests.flat().map((digest) => digest.stored);
  if (stored.length === 0) return [];
  const rows = await db
    .selectFrom('api_key_secrets')
    .select(['api_key_id', 'hash'])
    .where('hash', 'in', stored)
    .execute();
  const owners = new Map(rows.map((row) => [row.hash, row.api_key_id]));
  return keys.flatMap(({ foreignId }, index) => {
    const own = digests[index] ?? [];
    const isKnown = own.some((digest) => owners.get(digest.stored) === known.get(foreignId));
    return own.length === 0 || isKnown ? [] : [index];
  });
}
