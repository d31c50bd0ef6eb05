import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { loadTeams } from './team.ts';

/** Rejects with NotFoundError for the first id that is not a team of the organization. */
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
