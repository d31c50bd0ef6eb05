import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';

/** The organizations of a user by state of the membership. Ids are in alphabetical order, the order of locks. */
export interface UserOrganizations {
  /** Joined or invited. */
  readonly all: readonly string[];
  readonly joined: readonly string[];
  /** Confirmed memberships: sessions without a limit give access to these. */
  readonly confirmed: readonly string[];
  /** Memberships that are only invitations. */
  readonly invited: readonly { readonly organizationId: string; readonly membershipId: string }[];
}

/**
 * The memberships of a user. Read before a transaction that locks their organizations: SQLite transactions should begin
 * with a write.
 */
export async function organizationsOf(db: Kysely<Tables>, userId: string): Promise<UserOrganizations> {
  const rows = await db
    .selectFrom('memberships')
    .select(['id', 'organization_id', 'joined_at', 'confirmed'])
    .where('user_id', '=', userId)
    .orderBy('organization_id')
    .execute();
  const joined = rows.filter((row) => row.joined_at !== null);
  return {
    all: rows.map((row) => row.organization_id),
    joined: joined.map((row) => row.organization_id),
    confirmed: joined.filter((row) => row.confirmed === 1).map((row) => row.organization_id),
    invited: rows
      .filter((row) => row.joined_at === null)
      .map((row) => ({ organizationId: row.organization_id, membershipId: row.id })),
  };
}

/** The organizations that a session of the user gives access to, which may be limited to one. */
export function reachedBy(
  { joined, confirmed }: Pick<UserOrganizations, 'joined' | 'confirmed'>,
  limitedTo: string | null,
): readonly string[] {
  return limitedTo === null ? confirmed : joined.filter((id) => id === limitedTo);
}
