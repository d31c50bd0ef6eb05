import type { Kysely } from 'kysely';
import type { Row, Tables } from '../../db/tables/tables.ts';
import { NotFoundError } from '../core/errors.ts';

/** A group within an organization that members belong to and keys are bound to. */
export interface Team {
  readonly id: string;
  readonly organizationId: string;
  /** Unique in the organization, case-insensitive. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** The columns of a team. */
export const TEAM_COLUMNS = ['teams.id', 'teams.organization_id', 'teams.name', 'teams.created_at'] as const;

/** Maps a row to a team. */
export function toTeam(row: Omit<Row<'teams'>, 'name_key'>): Team {
  return { id: row.id, organizationId: row.organization_id, name: row.name, createdAt: row.created_at };
}

/** The existing teams, in any order. */
export async function loadTeams(db: Kysely<Tables>, ids: readonly string[]): Promise<Team[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('teams').select(TEAM_COLUMNS).where('id', 'in', ids).execute();
  return rows.map(toTeam);
}

/** The team with this id. Rejects with NotFoundError. */
export async function requireTeam(db: Kysely<Tables>, id: string): Promise<Team> {
  const [team] = await loadTeams(db, [id]);
  if (!team) throw new NotFoundError(id, 'team');
  return team;
}
