import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { NotFoundError } from '../core/errors.ts';
import { loadMemberships, type Membership } from './membership.ts';

/** Loads the membership in the transaction. Rejects with NotFoundError. */
export async function requireMembership(db: Kysely<Tables>, id: string): Promise<Membership> {
  const [membership] = await loadMemberships(db, [id]);
  if (!membership) throw new NotFoundError(id, 'member');
  return membership;
}
