import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { isPostgres } from '../../db/is-postgres.ts';
import type { Tables } from '../../db/tables/tables.ts';

/** Retention of an idle writer's mark: far longer than any wait for the database. */
const KEPT_MS = 30 * 86_400_000;

/**
 * Raises a writer's mark to a batch's number in the transaction that writes it. Returns false if the mark is already
 * there, so that the batch must be dropped. Waits for a concurrent transaction with the same batch.
 */
export async function raiseMark(tx: Transaction<Tables>, writer: string, number: number): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    insert into usage_writers (writer, number, written_at) values (${writer}, ${number}, ${nowIn(tx)})
    on conflict (writer) do update set number = excluded.number, written_at = excluded.written_at
    where usage_writers.number < excluded.number
  `.execute(tx);
  return numAffectedRows > 0n;
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
