import { type Kysely, type SqlBool, sql } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import { ALL_KEYS, isInScope, type KeyScope } from '../../access/key-scope.ts';

/** Maximum number of password hashes that are compared with a secret. */
export const CANDIDATES_MAX = 8;

/** Condition of the indexes by start. */
const IS_PASSWORD_HASH = sql<SqlBool>`substr(hash, 1, 1) = '$'`;

/** The keys that are visible to a caller. */
export interface VisibleKeys {
  /** Those of these organizations. Null: of all. */
  readonly organizationIds: readonly string[] | null;
  /** Null: of all teams. */
  readonly keyScope: KeyScope;
}

/**
 * The password hashes of secrets with one of these starts whose keys are visible to the caller: longer starts first, then
 * older ones, at most 8. Reads at most 8 secrets of an organization for each start, because it can't have more.
 */
export async function findCandidates(
  db: Kysely<Tables>,
  starts: readonly string[],
  { organizationIds, keyScope }: VisibleKeys = { organizationIds: null, keyScope: ALL_KEYS },
): Promise<string[]> {
  if (organizationIds?.length === 0) return [];
  const candidates = withPasswordHashes(db)
    .select(['id', 'hash', 'start'])
    .where(isInScope(keyScope, 'api_key_id'));
  if (organizationIds) {
    const rows = await candidates
      .where('candidate_organization_id', 'in', organizationIds)
      .where('start', 'in', starts)
      .orderBy(sql`length(start)`, 'desc')
      .orderBy('id')
      .limit(CANDIDATES_MAX)
      .execute();
    return rows.map(({ hash }) => hash);
  }
  // Any number of organizations may share a start: each is read separately, so that the index ends the read.
  const [first, ...others] = starts.map((start) => {
    const oldest = candidates.where('start', '=', start).orderBy('id').limit(CANDIDATES_MAX);
    return db.selectFrom(oldest.as('oldest')).selectAll();
  });
  if (!first) return [];
  const rows = await others.reduce((all, one) => all.unionAll(one), first).execute();
  rows.sort((a, b) => b.start.length - a.start.length || (a.id < b.id ? -1 : 1));
  return rows.slice(0, CANDIDATES_MAX).map(({ hash }) => hash);
}

/** Number of an organization's secrets with password hashes, by start. */
export async function countByStart(
  db: Kysely<Tables>,
  organizationId: string,
  starts: ReadonlySet<string>,
): Promise<Map<string, number>> {
  if (starts.size === 0) return new Map();
  const rows = await withPasswordHashes(db)
    .select(({ fn }) => ['start', fn.countAll().as('secrets')])
    .where('candidate_organization_id', '=', organizationId)
    .where('start', 'in', [...starts])
    .groupBy('start')
    .execute();
  return new Map(rows.map(({ start, secrets }) => [start, Number(secrets)]));
}

function withPasswordHashes(db: Kysely<Tables>) {
  return db.selectFrom('api_key_secrets').where(IS_PASSWORD_HASH);
}
