import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { type KeyPrincipal, keyPrincipal } from '../access/principal.ts';
import type { Clock } from '../core/clock.ts';
import { firstRefusal } from '../verification/first-refusal.ts';
import { findBySecretId } from './find-by-hash.ts';

/**
 * The calling key with its current permissions, from this address. Null if it is no longer accepted. Doesn't count as a
 * use.
 */
export async function refreshKey(
  db: Kysely<Tables>,
  clock: Clock,
  { secretId }: Pick<KeyPrincipal, 'secretId'>,
  ip: string | null,
): Promise<KeyPrincipal | null> {
  const key = await findBySecretId(db, secretId);
  const params = { permissions: [], anyPermissions: [], teamId: null, environment: null };
  return key && firstRefusal(key, params, ip, clock.now()) === null ? keyPrincipal(key) : null;
}
