import { createHash } from 'node:crypto';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import { TABLES } from './tables/table-keys.ts';
import type { Tables } from './tables/tables.ts';

type Row = Readonly<Record<string, string | number | null>>;

/** Number of rows read and written per batch, far below the parameter limits of both engines. */
const BATCH = 500;

/** Result of copying a table, or of finding it already copied. */
export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
  /** All its rows in order, identical on both sides. */
  readonly sha256: string;
}

/** Progress: `done` of `rows` of a table, while copying and then while comparing. */
export interface CopyProgress {
  readonly step: 'copy' | 'compare';
  readonly table: string;
  readonly done: number;
  readonly rows: number;
}

/** The target can't be used. The message says why. */
export class CopyError extends Error {
  override name = 'CopyError';
}

/**
 * Copies a database into another after migrating both. Resumes a copy that was interrupted, and compares all rows at
 * the end. Rejects with CopyError if the target holds other data or differs at the end.
 */
export function copyDatabase(
  from: Database,
  to: Database,
  onProgress: (progress: CopyProgress) => void,
): Promise<CopiedTable[]> {
  // A consistent snapshot of the source, despite concurrent writes.
  const reading = from.kysely.transaction().setAccessMode('read only');
  const atOnce = from.engine === 'postgres' ? reading.setIsolationLevel('repeatable read') : reading;
  return atOnce.execute(async (source) => {
    await refuseOtherData(source, to.kysely);
    const copied: CopiedTable[] = [];
    for (const [table, key] of Object.entries(TABLES)) {
      if (!key) continue;
      const rows = await count(source, table);
      const progress = { table, rows };
      await copyTable(source, to.kysely, table, key, (done) =>
        onProgress({ ...progress, step: 'copy', done }),
      );
      const sha256 = await checksum(source, table, key, () => {});
      const other = await checksum(to.kysely, table, key, (done) =>
        onProgress({ ...progress, step: 'compare', done }),
      );
      if (sha256 !== other)
        throw new CopyError(`${table} differs between the databases: start again with an empty database`);
      copied.push({ table, rows, sha256 });
    }
    return copied;
  });
}

/** The target may contain a part of the source and nothing else. */
async function refuseOtherData(source: Kysely<Tables>, target: Kysely<Tables>): Promise<void> {
  const found = await target.selectFrom('organizations').select('id').orderBy('id').execute();
  for (let start = 0; start < found.length; start += BATCH) {
    const ids = found.slice(start, start + BATCH).map((row) => row.id);
    const known = await source.selectFrom('organizations').select('id').where('id', 'in', ids).execute();
    if (known.length < ids.length) throw new CopyError('The target database contains other organizations');
  }
}

/** The last row in the order of the keys that has already been copied. */
async function copyTable(
  source: Kysely<Tables>,
  target: Kysely<Tables>,
  table: string,
  key: readonly string[],
  onProgress: (done: number) => void,
): Promise<void> {
  let done = await count(target, table);
  let last = (await readRows(target, table, key, null, { descending: true, limit: 1 })).at(0) ?? null;
  onProgress(done);
  for (;;) {
    const rows = await readRows(source, table, key, last, { limit: BATCH });
    const [first] = rows;
    if (!first) return;
    const columns = Object.keys(first);
    const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
    await sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
      values ${sql.join(values)}`.execute(target);
    last = rows.at(-1) ?? null;
    done += rows.length;
    onProgress(done);
  }
}

async function checksum(
  db: Kysely<Tables>,
  table: string,
  key: readonly string[],
  onProgress: (done: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  let done = 0;
  for (let last: Row | null = null; ; ) {
    const rows: Row[] = await readRows(db, table, key, last, { limit: BATCH });
    for (const row of rows) {
      const named = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
      hash.update(`${JSON.stringify(named)}\n`);
    }
    last = rows.at(-1) ?? null;
    if (!last) return hash.digest('hex');
    done += rows.length;
    onProgress(done);
  }
}

async function readRows(
  db: Kysely<Tables>,
  table: string,
  key: readonly string[],
  after: Row | null,
  { limit, descending = false }: { limit: number; descending?: boolean },
): Promise<Row[]> {
  const place: RawBuilder<unknown> = sql.join(key.map((column) => sql.ref(column)));
  const later = after ? sql`where (${place}) > (${sql.join(key.map((column) => after[column]))})` : sql``;
  const order = sql.join(
    key.map((column) => sql`${sql.ref(column)} ${sql.raw(descending ? 'desc' : 'asc')}`),
  );
  const { rows } = await sql<Row>`
    select * from ${sql.table(table)} ${later} order by ${order} limit ${limit}
  `.execute(db);
  return rows;
}

async function count(db: Kysely<Tables>, table: string): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(db);
  return Number(rows[0]?.rows ?? 0);
}
