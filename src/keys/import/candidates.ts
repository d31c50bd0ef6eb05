import { type Kysely, type SqlBool, sql } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import { ALL_KEYS } from '../../access/key-scope.ts';
import { keysInScope } from '../api-key.ts';

/** Maximum number of password hashes that are compared with a secret. */
export const CANDIDATES_MAX = 8;

/** Maximum number of rows that are read to find them. */
const ROWS_MAX = 100;

/** Condition of the index by start. */
const IS_PASSWORD_HASH = sql<SqlBool>`substr(api_key_secrets.hash, 1, 1) = '$'`;

/** A secret with a password hash that may be the presented one. */
export interface Candidate {
  readonly hash: string;
  readonly organizationId: string;
  /** Empty: bound to no team. */
  readonly teamIds: readonly string[];
}

/** The secrets with password hashes and one of these starts: longer starts first, then older ones. */
export async function findCandidates(db: Kysely<Tables>, starts: readonly string[]): Promise<Candidate[]> {
  const rows = await withPasswordHashes(db)
    .select(['api_key_secrets.hash', 'api_keys.organization_id'])
    .select(
      sql<string | null>`(select string_agg(team_id, ',') from api_key_teams
        where api_key_teams.api_key_id = api_keys.id)`.as('team_ids'),
    )
    .where('api_key_secrets.start', 'in', starts)
    .orderBy(sql`length(api_key_secrets.start)`, 'desc')
    .orderBy('api_key_secrets.id')
    .limit(ROWS_MAX)
    .execute();
  return rows.map((row) => ({
    hash: row.hash,
    organizationId: row.organization_id,
    teamIds: row.team_ids ? row.team_ids.split(',') : [],
  }));
}

/** Number of an organization's secrets with password hashes, by start. */
export async function countByStart(
  db: Kysely<Tables>,
  organizationId: string,
  starts: ReadonlySet<string>,
): Promise<Map<string, number>> {
  if (starts.size === 0) return new Map();
  const rows = await withPasswordHashes(db)
    .select(({ fn }) => ['api_key_secrets.start', fn.countAll().as('secrets')])
    .where('api_key_secrets.start', 'in', [...starts])
    .where('api_keys.organization_id', '=', organizationId)
    .groupBy('api_key_secrets.start')
    .execute();
  return new Map(rows.map(({ start, secrets }) => [start, Number(secrets)]));
}

function withPasswordHashes(db: Kysely<Tables>) {
  return keysInScope(db, ALL_KEYS)
    .innerJoin('api_key_secrets', 'api_key_secrets.api_key_id', 'api_keys.id')
    .where(IS_PASSWORD_HASH);
}
