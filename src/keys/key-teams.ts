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
