import { type Kysely, sql } from 'kysely';
import type { Row, Tables } from '../../db/tables/tables.ts';
import type { Services } from '../context.ts';
import { nowIn } from '../usage/writer-marks.ts';

/** A connected verifier, as other servers and people see it. */
export interface ConnectedVerifier {
  readonly id: string;
  readonly kind: 'process' | 'embedded';
  /** As it introduced itself. Null: it didn't. */
  readonly name: string | null;
  /** Milliseconds since the epoch. */
  readonly connectedAt: number;
  readonly cachedKeys: number;
  /** Whether it can use its cache. */
  readonly current: boolean;
}

/** The same with the organization whose keys it verifies. Null: those of every organization. */
export interface VerifierState extends ConnectedVerifier {
  readonly organizationId: string | null;
}

/** A row that wasn't written for this long, by the database's clock, doesn't count: milliseconds. */
const SEEN_MS = 30_000;

/** Rows per statement. */
const BATCH = 200;

/** Maximum number of verifiers in a list. */
const LISTED_MAX = 1_000;

/**
 * Writes the state of verifiers of a process, `node`, which calls this at least every 10 seconds. Omitted ones keep
 * their state.
 */
export async function writeVerifiers(
  db: Kysely<Tables>,
  node: string,
  verifiers: readonly VerifierState[],
): Promise<void> {
  await db
    .updateTable('verifiers')
    .set({ seen_at: nowIn(db) })
    .where('node', '=', node)
    .execute();
  for (let start = 0; start < verifiers.length; start += BATCH)
    await db
      .insertInto('verifiers')
      .values(
        verifiers.slice(start, start + BATCH).map((one) => ({
          ...{ id: one.id, node, organization_id: one.organizationId, kind: one.kind, name: one.name },
          connected_at: one.connectedAt,
          cached_keys: one.cachedKeys,
          current: one.current ? 1 : 0,
          seen_at: nowIn(db),
        })),
      )
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          cached_keys: eb.ref('excluded.cached_keys'),
          current: eb.ref('excluded.current'),
          seen_at: eb.ref('excluded.seen_at'),
        })),
      )
      .execute();
}

/** Removes verifiers of a process. Null: all. */
export async function removeVerifiers(
  db: Kysely<Tables>,
  node: string,
  ids: readonly string[] | null = null,
): Promise<void> {
  const own = db.deleteFrom('verifiers').where('node', '=', node);
  if (ids === null) await own.execute();
  for (let start = 0; start < (ids?.length ?? 0); start += BATCH)
    await own.where('id', 'in', ids?.slice(start, start + BATCH) ?? []).execute();
}

/**
 * The verifiers that verify keys of an organization, on all servers, oldest connection first, at most 1,000. Those of
 * every organization have their names only if `namesAll`.
 */
export async function listVerifiers(
  db: Kysely<Tables>,
  organizationId: string,
  namesAll: boolean,
): Promise<ConnectedVerifier[]> {
  const rows = await db
    .selectFrom('verifiers')
    .select(['id', 'kind', 'name', 'organization_id', 'connected_at', 'cached_keys', 'current'])
    .where((eb) => eb.or([eb('organization_id', '=', organizationId), eb('organization_id', 'is', null)]))
    .where('seen_at', '>=', sql<number>`${nowIn(db)} - cast(${SEEN_MS} as bigint)`)
    .orderBy('connected_at')
    .orderBy('id')
    .limit(LISTED_MAX)
    .execute();
  return rows.map((row) => connectedVerifier(row, namesAll));
}

/** Removes verifiers of servers that are gone. Returns how many. */
export async function pruneVerifiers({ unhurried: db }: Pick<Services, 'unhurried'>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('verifiers')
    .where('seen_at', '<', sql<number>`${nowIn(db)} - cast(${SEEN_MS} as bigint)`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

function connectedVerifier(
  row: Omit<Row<'verifiers'>, 'node' | 'seen_at'>,
  namesAll: boolean,
): ConnectedVerifier {
  const isNamed = namesAll || row.organization_id !== null;
  return {
    id: row.id,
    kind: row.kind,
    name: isNamed ? row.name : null,
    connectedAt: row.connected_at,
    cachedKeys: row.cached_keys,
    current: row.current === 1,
  };
}
