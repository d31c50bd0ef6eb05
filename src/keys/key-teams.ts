import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { loadTeams } from '../organizations/team.ts';

/** Rejects with NotFoundError for the first id that is no team of the organization. */
export async function requireTeams(
  db: Kysely<Tables>,
  organizationId: string,
  teamIds: readonly string[],
): Promise<void> {
  if (teamIds.length === 0) return;
  const teams = await loadTeams(
    db,
    teamIds.filter((id) => isId('team', id)),
  );
  const own = new Set(teams.filter((team) => team.organizationId === organizationId).map((team) => team.id));
  const unknown = teamIds.find((id) => !own.has(id));
  if (unknown !== undefined) throw new NotFoundError(unknown, 'team');
}

/** The ids of the teams that a key is bound to. */
export async function teamIdsOfKey(db: Kysely<Tables>, keyId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('api_key_teams')
    .select('team_id')
    .where('api_key_id', '=', keyId)
    .orderBy('team_id')
    .execute();
  return rows.map((row) => row.team_id);
}

/** Binds a key to exactly these teams. */
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
