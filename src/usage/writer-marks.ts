import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { isPostgres } from '../../db/is-postgres.ts';
import type { Tables } from '../../db/tables/tables.ts';

/** Retention of an idle writer's mark: far longer than any wait for the database. */
const KEPT_MS = 30 * 86_400_000;

/** A batch of usage, identified by its writer and number. A writer's numbers increase. */
export interface BatchName {
  readonly writer: string;
  readonly number: number;
}

/**
 * Raises the marks of different writers to the numbers of their batches, in the transaction that writes them. Returns the
 * writers whose marks were lower: all other batches must be dropped. Waits for a concurrent transaction with the same
 * writer.
 */
export async function raiseMarks(
  tx: Transaction<Tables>,
  batches: readonly BatchName[],
): Promise<ReadonlySet<string>> {
  // In the same order everywhere, so that two transactions don't deadlock.
  const sorted = [...batches].sort((one, other) => (one.writer < other.writer ? -1 : 1));
  const marks = sorted.map(({ writer, number }) => sql`(${writer}, ${number}, ${nowIn(tx)})`);
  const { rows } = await sql<{ writer: string }>`
    insert into usage_writers (writer, number, written_at) values ${sql.join(marks)}
    on conflict (writer) do update set number = excluded.number, written_at = excluded.written_at
    where usage_writers.number < excluded.number
    returning writer
  `.execute(tx);
  return new Set(rows.map(({ writer }) => writer));
}

/** The number of a writer's last batch, 0 if there is none. */
export async function readMark(db: Kysely<Tables>, writer: string): Promise<number> {
  const row = await db
    .selectFrom('usage_writers')
    .select('number')
    .where('writer', '=', writer)
    .executeTakeFirst();
  return row?.number ?? 0;
}

/** Removes the marks of writers that wrote nothing for 30 days. */
export async function pruneMarks(db: Kysely<Tables>): Promise<void> {
  await sql`delete from usage_writers where written_at < ${nowIn(db)} - cast(${KEPT_MS} as bigint)`.execute(
    db,
  );
}

/** By the database's clock, which all writers share; milliseconds since the epoch. */
export function nowIn(db: Kysely<Tables>): RawBuilder<number> {
  return isPostgres(db) ? sql`cast(extract(epoch from now()) * 1000 as bigint)` : sql`unixepoch() * 1000`;
}
