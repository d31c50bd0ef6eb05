import type { Kysely } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import type { Principal } from '../../access/principal.ts';
import { LimitExceededError } from '../../core/errors.ts';
import type { Organization } from '../../organizations/organization.ts';
import { countActiveApiKeys } from '../lists/key-counts.ts';

/**
 * Throws LimitExceededError if the organization can't have this many more active keys. Lock the organization for an
 * exact count. A caller limited to teams doesn't see the count, which includes other teams' keys.
 */
export async function assertKeyQuota(
  { tx, principal }: { readonly tx: Kysely<Tables>; readonly principal: Principal },
  { id, maxActiveApiKeys: limit }: Pick<Organization, 'id' | 'maxActiveApiKeys'>,
  now: number,
  more = 1,
): Promise<void> {
  if (limit === null || more === 0) return;
  const active = await countActiveApiKeys(tx, id, now);
  if (active + more <= limit) return;
  if (principal.keyScope)
    throw new LimitExceededError(
      more > 1
        ? `${more} more active API keys would exceed the limit of the organization`
        : 'The organization has reached its limit of active API keys',
      limit,
      limit,
    );
  const several = more > 1 ? `: ${more} more would exceed it` : '';
  throw new LimitExceededError(
    `The organization has ${active} active API keys and its limit is ${limit}${several}`,
    limit,
    active,
  );
}
