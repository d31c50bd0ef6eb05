import type { Kysely } from 'kysely';
import { type BackgroundWriter, ROW_MISSING } from '../../db/open.ts';
import type { Tables } from '../../db/tables.ts';
import { type Batching, inBatches } from '../core/paced.ts';
import { type Batch, isEmpty, limitLastUses, MINUTES_MAX, mergeBatches } from './batch.ts';
import { deleteRows, idsInJournal, insertRows, type JournalRow, newRow, readRow } from './journal.ts';
import { type Piece, SavedUsage, type Shard, shardsOf, takePiece } from './shards.ts';
import { NotSavedError, type UsageStore } from './store.ts';
import { tableWrites } from './write-batch.ts';

/** Keys of one transaction: a change that somebody waits for does not wait for more of them. */
const BATCH = { min: 25, max: 500 } as const;

/** Most rows in the journal at once, about: what can't be settled is read again after each failure. */
const ROWS_MAX = 2_000;

/** When what is saved is brought into the tables without being asked for. */
export interface SettleAfter {
  /** So long after the last time, milliseconds. */
  readonly ms: number;
  /** Or when it is of so many keys. */
  readonly keys: number;
}

const SETTLE_AFTER: SettleAfter = { ms: 10_000, keys: 20_000 };

/** A store that takes over what other processes left in the journal. */
export interface JournalStore extends UsageStore {
  /**
   * Gives whether there was anything: it is settled with the next. What there is no room for stays for another time.
   * `lingering`: only rows that were there at the last look, so that no process that lives has them still to settle.
   */
  adopt(which: 'all' | 'lingering'): Promise<boolean>;
}

/** Rows of which it is not known whether they were committed, and the batch that they hold. */
interface Doubtful {
  readonly rows: readonly JournalRow[];
  readonly batch: Batch;
}

/**
 * Saves usage in a journal, and brings it into the tables later: each of their pages that changes is written twice and
 * waited for, whether for one use of one key or for all that have come meanwhile. A row leaves the journal in the
 * transaction that writes what it holds. For an embedded database, whose writer is another thread.
 */
export function journalStore(
  db: Kysely<Tables>,
  background: BackgroundWriter,
  settleAfter = SETTLE_AFTER,
  batch: Pick<Batching, 'min' | 'max'> = BATCH,
): JournalStore {
  let saving: Batch | null = null;
  let doubtful: Doubtful | null = null;
  let saved = new SavedUsage();
  // Being settled, or settled last.
  let round = new SavedUsage();
  let isSettling = false;
  /** Of those, what may be in the tables or not: it could not be read. */
  let unsure: readonly Shard[] = [];
  let settledAt = performance.now();
  let hasFailed = false;
  /** Rows of this process that are, or may be, in the journal. */
  const own = new Set<string>();
  /** Others, at the last look. */
  let strangers: ReadonlySet<string> = new Set();

  const hasRoomFor = ({ minutes }: Batch): boolean => {
    const held = saved.minutes + (isSettling || unsure.length > 0 ? round.minutes : 0);
    return own.size < ROWS_MAX && (held === 0 || held + minutes <= MINUTES_MAX);
  };

  const keep = (rows: readonly JournalRow[]): void => {
    for (const { id, batch } of rows) saved.add({ ids: [id], batch });
  };

  /** Finds out what became of rows that are in doubt. Gives the batch, with what they hold where they are not there. */
  const withDoubtful = async (batch: Batch): Promise<Batch> => {
    if (!doubtful) return batch;
    const { rows, batch: before } = doubtful;
    const isThere = await isInJournal(rows);
    doubtful = null;
    if (isThere) {
      keep(rows);
      return batch;
    }
    for (const { id } of rows) own.delete(id);
    return mergeBatches([before, batch]);
  };

  /** All rows of one transaction are there, or none is. */
  const isInJournal = async ([first]: readonly JournalRow[]): Promise<boolean> =>
    first !== undefined && (await readRow(db, first.id)) !== null;

  const insert = async (batch: Batch): Promise<void> => {
    const rows = shardsOf(batch).map(newRow);
    for (const { id } of rows) own.add(id);
    try {
      await background.write([insertRows(rows)]);
    } catch (error) {
      // Where the thread has ended, it may have been before its answer or before its commit.
      const isThere = await isInJournal(rows).catch(() => null);
      if (isThere === null) {
        doubtful = { rows, batch };
        throw error;
      }
      if (!isThere) {
        for (const { id } of rows) own.delete(id);
        throw new NotSavedError(batch, error);
      }
    }
    keep(rows);
  };

  const save = async (given: Batch): Promise<void> => {
    saving = given;
    try {
      const batch = await withDoubtful(given).catch((error: unknown) => {
        throw new NotSavedError(given, error);
      });
      saving = batch;
      if (isEmpty(batch)) return;
      if (!hasRoomFor(batch)) throw new NotSavedError(batch, new Error('Too much is waiting to be written'));
      await insert(batch);
    } finally {
      saving = null;
    }
  };

  const putBack = (shard: Shard): void => {
    round.remove(shard);
    saved.add(shard);
  };

  /** After a failure: what still has to be written of the shards is what is in the journal by now. */
  const reread = async (shards: readonly Shard[]): Promise<void> => {
    const found = new Map<Shard, JournalRow[]>();
    for (const shard of shards) {
      const rows = await Promise.all(shard.ids.map((id) => readRow(db, id)));
      found.set(
        shard,
        rows.filter((row) => row !== null),
      );
    }
    for (const [shard, rows] of found) {
      for (const row of rows) round.forget(row.batch);
      keep(rows);
      for (const id of shard.ids) if (!rows.some((row) => row.id === id)) own.delete(id);
    }
  };

  /** Gives whether all of it is written, and the parts that are to be written next; what else is left waits again. */
  const write = async (piece: Piece): Promise<{ readonly isWhole: boolean; readonly next: Shard[] }> => {
    const { shards, activities } = piece;
    const ids = shards.flatMap((shard) => shard.ids);
    const rows = piece.parts.map(newRow);
    for (const { id } of rows) own.add(id);
    try {
      await background.write([...tableWrites(activities), deleteRows(ids), insertRows(rows)]);
      for (const id of ids) own.delete(id);
      return { isWhole: true, next: rows.map(({ id, batch }) => ({ ids: [id], batch })) };
    } catch (error) {
      // It may have been done nonetheless: by the thread before it ended, or of some rows by another process.
      const doubted = shards.map((shard) => ({ ...shard, ids: [...shard.ids, ...rows.map(({ id }) => id)] }));
      await reread(doubted).catch((unreadable: unknown) => {
        unsure = doubted;
        throw unreadable;
      });
      if (!isMissing(error) && ids.every((id) => own.has(id))) throw error;
      return { isWhole: [...ids, ...rows.map(({ id }) => id)].every((id) => !own.has(id)), next: [] };
    }
  };

  /** Gives whether all of it is in the tables. */
  const settleRound = async (): Promise<boolean> => {
    settledAt = performance.now();
    await reread(unsure);
    unsure = [];
    round = saved;
    saved = new SavedUsage();
    isSettling = true;
    const queue = round.shards();
    let isWhole = true;
    try {
      await inBatches(batch, async (size) => {
        if (queue.length === 0) return 0;
        const { isWhole: isDone, next } = await write(takePiece(queue, size));
        queue.unshift(...next);
        isWhole &&= isDone;
        return queue.length > 0 ? size : 0;
      });
      hasFailed = false;
      return isWhole;
    } catch (error) {
      hasFailed = true;
      for (const shard of queue) putBack(shard);
      throw error;
    } finally {
      isSettling = false;
    }
  };

  const settle = async (): Promise<void> => {
    // Where another process wrote a part of it, the rest is written by itself.
    if (!(await settleRound())) await settleRound();
  };

  return {
    save,
    settle,
    settlesLater: true,
    get isDue() {
      if (saved.isEmpty && unsure.length === 0) return false;
      // Before there is no more room, in rows or in minutes.
      const isLarge =
        saved.keys >= settleAfter.keys || saved.minutes >= MINUTES_MAX / 2 || own.size >= ROWS_MAX / 2;
      return (isLarge && !hasFailed) || performance.now() - settledAt >= settleAfter.ms;
    },
    get hasUnwritten() {
      return saving !== null || doubtful !== null || unsure.length > 0 || !saved.isEmpty;
    },
    unwritten(keyId) {
      const found = [saving?.keys.get(keyId), doubtful?.batch.keys.get(keyId), saved.get(keyId)];
      return found.filter((key) => key !== undefined);
    },
    handedOver: (keyId) => round.get(keyId),
    limitLastUses: (now) =>
      limitLastUses([saving, doubtful?.batch, ...saved.batches(), ...round.batches()], now),
    rest() {
      if (!isSettling) round = new SavedUsage();
    },
    async adopt(which) {
      let adopted = false;
      const others = (await idsInJournal(db)).filter((id) => !own.has(id));
      const known = strangers;
      strangers = new Set(others);
      for (const id of which === 'all' ? others : others.filter((one) => known.has(one))) {
        const row = await readRow(db, id);
        if (!row || own.has(id) || !hasRoomFor(row.batch)) continue;
        own.add(id);
        keep([row]);
        adopted = true;
      }
      return adopted;
    },
  };
}

/** Brings all that is in the journal into the tables: what a process that was killed left. Rejects where something is left. */
export async function settleJournal(db: Kysely<Tables>, background: BackgroundWriter): Promise<void> {
  const store = journalStore(db, background);
  while (await store.adopt('all')) await store.settle();
  if ((await idsInJournal(db)).length > 0)
    throw new Error('There is usage that is not in its tables yet: stop the server that uses this database');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === ROW_MISSING;
}
