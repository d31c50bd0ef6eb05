import { type Kysely, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Tables } from './tables.ts';

/** The tables whose rows belong to one organization each, and that may have many of them. */
export type ScannedTable =
  | 'api_keys'
  | 'api_key_usage'
  | 'api_key_usage_buckets'
  | 'audit_log'
  | 'memberships'
  | 'roles'
  | 'teams';

/** Reads that may look at every row of an organization, apart from those that are short. */
export interface Scans {
  /**
   * For a read of this organization. Where the organization has few rows in the table it is `db` itself; otherwise it
   * runs apart from what answers requests, within a time limit, and in turn with those of other organizations. Then it
   * fails with UnavailableError where it takes or waits for too long, and with RateLimitedError if too many wait
   * already. Only single statements that read; no transactions.
   */
  reader(db: Kysely<Tables>, table: ScannedTable, organizationId: string): Promise<Kysely<Tables>>;
  /** The same for a read of all organizations. */
  readerOfAll(db: Kysely<Tables>): Promise<Kysely<Tables>>;
}

/** Organizations by the reader for each of them: those that have few rows in the table share one. */
export async function byReader(
  { db, scans }: { readonly db: Kysely<Tables>; readonly scans: Scans },
  table: ScannedTable,
  organizationIds: readonly string[],
): Promise<Map<Kysely<Tables>, string[]>> {
  const groups = new Map<Kysely<Tables>, string[]>();
  for (const id of new Set(organizationIds)) {
    const reader = await scans.reader(db, table, id);
    groups.set(reader, [...(groups.get(reader) ?? []), id]);
  }
  return groups;
}

/** A scan of at most this many rows is faster here. */
const FEW_ROWS = 200;

/** How long it is cached that an organization has few or many rows, milliseconds. */
const FEW_MS = 5_000;
const MANY_MS = 60_000;

/** Maximum number of organizations, times tables, that are cached. */
const REMEMBERED_MAX = 20_000;

/** The organizations together, where a group is an organization. */
const ALL = '*';

interface Size {
  readonly isSmall: boolean;
  readonly knownUntil: number;
}

/** Scans that `connect` runs; `near` is where short reads run. */
export function createScans(near: Kysely<Tables>, connect: (group: string) => Kysely<Tables>): Scans {
  const sizes = new LRUCache<string, Size>({ max: REMEMBERED_MAX });

  const known = (key: string): Size | undefined => {
    const size = sizes.get(key);
    return size && size.knownUntil > performance.now() ? size : undefined;
  };

  /** Reads an index, and never more than a few rows of it. */
  const measure = async (
    key: string,
    table: ScannedTable | 'organizations',
    organizationId: string,
  ): Promise<Size> => {
    const own = table === 'organizations' ? sql`` : sql`where organization_id = ${organizationId}`;
    const some = sql`select 1 from ${sql.table(table)} ${own} limit ${FEW_ROWS + 1}`;
    const { rows } = await sql<{ rows: number }>`select count(*) as rows from (${some}) as counted`.execute(
      near,
    );
    const isSmall = Number(rows[0]?.rows ?? 0) <= FEW_ROWS;
    const knownUntil = performance.now() + (isSmall ? FEW_MS : MANY_MS);
    const size = { isSmall, knownUntil };
    sizes.set(key, size);
    return size;
  };

  const readerIn = async (
    db: Kysely<Tables>,
    table: ScannedTable | 'organizations',
    group: string,
  ): Promise<Kysely<Tables>> => {
    const key = `${table} ${group}`;
    const size = known(key) ?? (await measure(key, table, group));
    return size.isSmall ? db : connect(group);
  };

  return {
    reader: (db, table, organizationId) => readerIn(db, table, organizationId),
    readerOfAll: (db) => readerIn(db, 'organizations', ALL),
  };
}
