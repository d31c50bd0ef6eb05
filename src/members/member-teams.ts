import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';

/** Maximum number of teams of a member: as many as a key can be bound to. */
export const MEMBER_TEAMS_MAX = 50;

/** The ids of the teams that a member is in. */
export async function teamIdsOfMember(db: Kysely<Tables>, membershipId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('membership_teams')
    .select('team_id')
    .where('membership_id', '=', membershipId)
    .orderBy('team_id')
    .execute();
  return rows.map((row) => row.team_id);
}

/** Sets the teams of a member. */
export async function putIntoTeams(
  tx: Transaction<Tables>,
  membershipId: string,
  teamIds: readonly string[],
): Promise<void> {
  await tx.deleteFrom('membership_teams').where('membership_id', '=', membershipId).execute();
  if (teamIds.length === 0) return;
  const places = teamIds.map((teamId) => ({ membership_id: membershipId, team_id: teamId }));
  await tx.insertInto('membership_teams').values(places).execute();
}
