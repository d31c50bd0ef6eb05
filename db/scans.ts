import { type Kysely, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Tables } from './tables/tables.ts';

/** Tables with an organization per row, in which an organization may have many rows. */
export type ScannedTable =
  | 'api_keys'
  | 'api_key_usage'
  | 'api_key_usage_buckets'
  | 'audit_log'
  | 'denials'
  | 'memberships'
  | 'roles'
  | 'teams';

/** Reads that may scan every row of an organization, separate from short ones. */
export interface Scans {
  /**
   * The reader for an organization. If the organization has few rows in the table, this is `db` itself. Otherwise,
   * reads run separately from requests, within a time limit, and in turn with other organizations'. They fail with
   * UnavailableError if they take or wait too long, and with RateLimitedError if too many are queued. Only for single
   * read-only statements, without transactions.
   */
  reader(db: Kysely<Tables>, table: ScannedTable, organizationId: string): Promise<Kysely<Tables>>;
  /** The same for a read of all organizations. */
  readerOfAll(db: Kysely<Tables>): Promise<Kysely<Tables>>;
}

/** Organizations grouped by their readers: those with few rows in the table share one. */
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

/** How long it is cached whether an organization has few rows, milliseconds. */
const FEW_MS = 5_000;
const MANY_MS = 60_000;

/** Maximum number of cached combinations of organization and table. */
const REMEMBERED_MAX = 20_000;

/** The group of reads of all organizations. */
const ALL = '*';

interface Size {
  readonly isSmall: boolean;
  readonly knownUntil: number;
}

/** Scans run by `connect`. `near` runs short reads. */
export function createScans(near: Kysely<Tables>, connect: (group: string) => Kysely<Tables>): Scans {
  const sizes = new LRUCache<string, Size>({ max: REMEMBERED_MAX });

  const known = (key: string): Size | undefined => {
    const size = sizes.get(key);
    return size && size.knownUntil > performance.now() ? size : undefined;
  };

  /** Reads an index, at most a few entries. */
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
