import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { ConflictError } from '../core/errors.ts';

/** The e-mail address of the owner who joined an organization first. Rejects with ConflictError if no owner has joined. */
export async function firstOwner(db: Kysely<Tables>): Promise<string> {
  const owner = await db
    .selectFrom('memberships')
    .innerJoin('current_roles', 'current_roles.id', 'memberships.role_id')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select('users.email')
    .where('current_roles.is_system', '=', 1)
    .where('current_roles.name', '=', 'owner')
    .where('memberships.joined_at', 'is not', null)
    .where('memberships.confirmed', '=', 1)
    .orderBy('memberships.created_at')
    .orderBy('memberships.id')
    .limit(1)
    .executeTakeFirst();
  if (!owner) {
    const where = 'sqlite:./data/keywright.db in the current folder, unless DATABASE_URL is set';
    throw new ConflictError(
      'OTHER',
      `The database has no owner of an organization. Check that it is the server's (${where}), or run keywright init`,
    );
  }
  return owner.email;
}
