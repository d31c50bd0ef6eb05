import { type Kysely, sql, type Transaction } from 'kysely';
import { isPostgres } from '../../db/is-postgres.ts';
import type { Tables } from '../../db/tables/tables.ts';
import { inBatches } from '../core/paced.ts';
import type { Batch } from './batch.ts';
import { encodeEntries, VERSION } from './entries.ts';
import { writeDenials } from './write-denials.ts';
import { writeTables } from './write-tables.ts';
import { type BatchName, raiseMarks } from './writer-marks.ts';

/** What writes usage to the database. Each call is one or more transactions; a call that rejects may be repeated. */
export interface UsageStore {
  /** Whether a batch is in the tables only after a checkpoint. */
  readonly isJournaled: boolean;
  /** Maximum number of keys per batch. */
  readonly keysMax: number;
  /**
   * Makes a batch durable in one transaction. Drops a batch whose number is not above the writer's last, so that a
   * batch whose outcome is unknown can be retried. A writer's numbers increase.
   */
  append(number: number, batch: Batch): Promise<void>;
  /** Writes this writer's batches up to a number to the tables, and those of all other writers. */
  checkpoint(upTo: number): Promise<void>;
}

/** On PostgreSQL: keys per transaction. Bounds how long a change waits for the same rows. */
const PART_KEYS = 200;

/** On SQLite: keys per transaction that appends. */
const BATCH_KEYS = 5_000;

/** On SQLite: number of shards of the keys, divided by creation order. */
const SHARDS = 128;

/** Keys per transaction of a checkpoint, in one or more shards: bounds how long a change waits. */
const CHECKPOINT = { min: 100, max: 1_000 } as const;

/** The store of one writer with a unique name. `db` runs its transactions without delaying requests. */
export function usageStore(db: Kysely<Tables>, writer: string): UsageStore {
  return isPostgres(db) ? tableStore(db, writer) : journalStore(db, writer);
}

/**
 * Writes batches of different writers in one transaction. `merge` returns the usage of those that are to be written, by
 * writer. Returns these; the others were written before.
 */
export function appendTogether(
  db: Kysely<Tables>,
  batches: readonly BatchName[],
  merge: (writers: ReadonlySet<string>) => Batch,
): Promise<ReadonlySet<string>> {
  return db.transaction().execute(async (tx) => {
    const writers = await raiseMarks(tx, batches);
    const first = batches.find(({ writer }) => writers.has(writer));
    if (!first) return writers;
    const batch = merge(writers);
    // Never by way of the journal: there are few.
    await writeDenials(tx, batch.denials);
    if (isPostgres(tx)) await writeToTables(tx, batch);
    else await writeToJournal(tx, batch, first);
    return writers;
  });
}

/** A server writes batches of many processes to the tables while it answers requests. */
function writeToTables(tx: Transaction<Tables>, batch: Batch): Promise<void> {
  return writeTables(
    tx,
    sql`select value, 0 as place from json_array_elements(cast(${encodeEntries(batch)} as json))`,
  );
}

/**
 * An embedded database writes and syncs each page that changes. So a batch is appended to a journal, and a checkpoint
 * writes the pages of the tables for all batches together, shard by shard: keys of a shard are neighbours in all tables.
 */
async function writeToJournal(
  tx: Transaction<Tables>,
  batch: Batch,
  { writer, number }: BatchName,
): Promise<void> {
  await sql`
    insert into usage_journal (id, activities, writer, number, shard, keys)
    select ${`${writer}-${number}-`} || shard,
      json_object('version', ${sql.lit(VERSION)}, 'entries', json_group_array(json(value))),
      ${writer}, ${number}, shard, count(*)
    from (
      select value, coalesce(
        (select rowid from api_keys where id = value ->> 0) * ${sql.lit(SHARDS)} / (select max(rowid) + 1 from api_keys),
        0) as shard
      from json_each(${encodeEntries(batch)})
    ) group by shard
  `.execute(tx);
}

function tableStore(db: Kysely<Tables>, writer: string): UsageStore {
  return {
    isJournaled: false,
    keysMax: PART_KEYS,
    append: (number, batch) => append(db, { writer, number }, batch),
    checkpoint: async () => {},
  };
}

function journalStore(db: Kysely<Tables>, writer: string): UsageStore {
  return {
    isJournaled: true,
    keysMax: BATCH_KEYS,
    append: (number, batch) => append(db, { writer, number }, batch),
    async checkpoint(upTo) {
      const shards = await db
        .selectFrom('usage_journal')
        .select((eb) => ['shard', eb.fn.sum<number>('keys').as('keys')])
        .groupBy('shard')
        .orderBy('shard')
        .execute();
      await inBatches(CHECKPOINT, async (size) => {
        const [first, last] = takeShards(shards, size);
        if (!first || !last) return 0;
        // Rows of a later release's version are kept.
        const isTaken = sql`shard between ${first.shard} and ${last.shard}
          and (writer is not ${writer} or number <= ${upTo}) and activities glob ${`{"version":${VERSION},*`}`;
        await db.transaction().execute(async (tx) => {
          await writeTables(
            tx,
            sql`select value, usage_journal.rowid as place
              from usage_journal, jsonb_each(usage_journal.activities, '$.entries') where ${isTaken}`,
          );
          await sql`delete from usage_journal where ${isTaken}`.execute(tx);
        });
        return shards.length > 0 ? size : 0;
      });
    },
  };
}

async function append(db: Kysely<Tables>, name: BatchName, batch: Batch): Promise<void> {
  await appendTogether(db, [name], () => batch);
}

/** Takes shards with about this many keys from the front, at least one. Returns the first and the last. */
function takeShards<T extends { readonly keys: number }>(
  shards: T[],
  size: number,
): [T | undefined, T | undefined] {
  const [first] = shards;
  let last = shards.shift();
  let keys = last?.keys ?? 0;
  for (let [next] = shards; next && keys + next.keys <= size; [next] = shards) {
    keys += next.keys;
    last = shards.shift();
  }
  return [first, last];
}

/** Writes the whole journal to the tables: usage left by a killed process. Rejects if rows are left. */
export async function checkpointJournal(db: Kysely<Tables>): Promise<void> {
  await usageStore(db, 'checkpoint').checkpoint(0);
  if (!isPostgres(db) && (await db.selectFrom('usage_journal').select('id').executeTakeFirst()))
    throw new Error('There is usage that is not in its tables yet: stop the server that uses this database');
}
