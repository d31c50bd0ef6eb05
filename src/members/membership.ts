import type { Kysely } from 'kysely';
import type { Row, Tables } from '../../db/tables/tables.ts';
import { TEAM_COLUMNS, type Team, toTeam } from '../teams/team.ts';

/** A person's membership in an organization. Times are milliseconds since the epoch. */
export interface Membership {
  readonly id: string;
  readonly organizationId: string;
  /** Not shown until the person has joined. */
  readonly userId: string;
  /** The address that was invited; lower-case. */
  readonly email: string;
  /** The person's name in this organization. Null: only the address is known. */
  readonly name: string | null;
  readonly roleId: string;
  readonly createdAt: number;
  /** Null: invited, but not joined yet. */
  readonly joinedAt: number | null;
}

/** A query for memberships; `toMembership` reads its rows. */
export function selectMemberships(db: Kysely<Tables>) {
  return db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select([
      'memberships.id',
      'memberships.organization_id',
      'memberships.user_id',
      'users.email',
      'memberships.name',
      'memberships.role_id',
      'memberships.created_at',
      'memberships.joined_at',
    ]);
}

type MembershipRow = Omit<Row<'memberships'>, 'confirmed' | 'invited_by'> & Pick<Row<'users'>, 'email'>;

/** Maps a row to a membership. */
export function toMembership(row: MembershipRow): Membership {
  return {
    id: row.id,
    organizationId: row.organization_id,
    userId: row.user_id,
    email: row.email,
    name: row.name,
    roleId: row.role_id,
    createdAt: row.created_at,
    joinedAt: row.joined_at,
  };
}

/** The memberships that exist, in any order. */
export async function loadMemberships(db: Kysely<Tables>, ids: readonly string[]): Promise<Membership[]> {
  if (ids.length === 0) return [];
  const rows = await selectMemberships(db).where('memberships.id', 'in', ids).execute();
  return rows.map(toMembership);
}

/** The teams of each membership by name; a membership without teams is omitted. */
export async function loadTeamsOfMemberships(
  db: Kysely<Tables>,
  membershipIds: readonly string[],
): Promise<Map<string, Team[]>> {
  const teams = new Map<string, Team[]>();
  if (membershipIds.length === 0) return teams;
  const rows = await db
    .selectFrom('membership_teams')
    .innerJoin('teams', 'teams.id', 'membership_teams.team_id')
    .select([...TEAM_COLUMNS, 'membership_teams.membership_id'])
    .where('membership_teams.membership_id', 'in', membershipIds)
    .orderBy('teams.name_key')
    .execute();
  for (const row of rows) {
    const list = teams.get(row.membership_id) ?? [];
    list.push(toTeam(row));
    teams.set(row.membership_id, list);
  }
  return teams;
}
