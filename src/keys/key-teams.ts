import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';

/** The ids of the teams that any of these keys is bound to. */
export async function teamIdsOfKeys(db: Kysely<Tables>, keyIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('api_key_teams')
    .select('team_id')
    .distinct()
    .where('api_key_id', 'in', keyIds)
    .orderBy('team_id')
    .execute();
  return rows.map((row) => row.team_id);
}

/** The ids of the teams of each key, sorted. A key without teams has no entry. */
export async function teamIdsByKey(
  db: Kysely<Tables>,
  keyIds: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom('api_key_teams')
    .select(['api_key_id', 'team_id'])
    .where('api_key_id', 'in', keyIds)
    .orderBy('team_id')
    .execute();
  const teams = new Map<string, string[]>();
  for (const { api_key_id: keyId, team_id: teamId } of rows)
    teams.set(keyId, [...(teams.get(keyId) ?? []), teamId]);
  return teams;
}

/** Sets the teams of a key. */
export async function bindToTeams(
  tx: Transaction<Tables>,
  keyId: string,
  teamIds: readonly string[],
): Promise<void> {
  await tx.deleteFrom('api_key_teams').where('api_key_id', '=', keyId).execute();
  if (teamIds.length === 0) return;
  const bonds = teamIds.map((teamId) => ({ api_key_id: keyId, team_id: teamId }));
  await tx.insertInto('api_key_teams').values(bonds).execute();
}
