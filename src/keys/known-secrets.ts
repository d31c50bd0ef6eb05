import { expressionBuilder } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';

/**
 * Number of expired or revoked secrets of a key that are shown and searched: rotations without overlap may leave any
 * number.
 */
export const ENDED_SECRETS_MAX = 100;

/**
 * The secrets of each of the keys that are shown and searched: those that are accepted, and the newest 100 that have
 * expired or been revoked. Returns a query of ids, to be part of another.
 */
export function knownSecrets(keyIds: readonly string[], now: number) {
  const db = expressionBuilder<Tables>();
  const secrets = db
    .selectFrom('api_key_secrets')
    .select((eb) => [
      'id',
      'api_key_id',
      'created_at',
      eb
        .case()
        .when(eb.and([eb('revoked_at', 'is', null), eb('expires_at', '>', now)]))
        .then(0)
        .else(1)
        .end()
        .as('ended'),
    ])
    .where('api_key_id', 'in', keyIds);
  const ranked = db.selectFrom(secrets.as('secrets')).select((eb) => [
    'id',
    // Accepted ones are ranked separately; there are at most ten.
    eb.fn
      .agg<number>('row_number')
      .over((over) =>
        over.partitionBy(['api_key_id', 'ended']).orderBy('created_at', 'desc').orderBy('id', 'desc'),
      )
      .as('place'),
  ]);
  return db
    .selectFrom(ranked.as('ranked'))
    .select('ranked.id')
    .where('ranked.place', '<=', ENDED_SECRETS_MAX);
}
