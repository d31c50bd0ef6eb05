import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';

/** The organizations of a user by how far it has come in them; ids in alphabetical order, the order of locks. */
export interface UserOrganizations {
  /** Joined and invited ones. */
  readonly all: readonly string[];
  readonly joined: readonly string[];
  /** The memberships of those that the user is only invited to. */
  readonly invited: readonly { readonly organizationId: string; readonly membershipId: string }[];
}

/** Where a user is a member. Read before a transaction that locks these: SQLite's begin best with a write. */
export async function organizationsOf(db: Kysely<Tables>, userId: string): Promise<UserOrganizations> {
  const rows = await db
    .selectFrom('memberships')
    .select(['id', 'organization_id', 'joined_at'])
    .where('user_id', '=', userId)
    .orderBy('organization_id')
    .execute();
  return {
    all: rows.map((row) => row.organization_id),
    joined: rows.filter((row) => row.joined_at !== null).map((row) => row.organization_id),
    invited: rows
      .filter((row) => row.joined_at === null)
      .map((row) => ({ organizationId: row.organization_id, membershipId: row.id })),
  };
}
