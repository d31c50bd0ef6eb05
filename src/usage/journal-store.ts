import type { Kysely } from 'kysely';
import { type BackgroundWriter, ROW_MISSING } from '../../db/open.ts';
import type { Tables } from '../../db/tables.ts';
import { addBatch, type Batch, emptyBatch, hasRoomFor, isEmpty, partsOf } from './batch.ts';
import { deleteRows, idsInJournal, insertRows, type Journaled, newEntry, readRows } from './journal.ts';
import { NotSavedError, type UsageStore } from './store.ts';
import { tableWrites } from './write-batch.ts';

/** Keys of one transaction: a change that somebody waits for does not wait for more of them. */
const PART_KEYS = 500;

/** When what is saved is brought into the tables without being asked for. */
export interface SettleAfter {
  /** So long after the last time, milliseconds. */
  readonly ms: number;
  /** Or when it is of so many keys. */
  readonly keys: number;
}

/** As many keys as fit into memory a few times over, and as share pages with each other in a large database. */
const SETTLE_AFTER: SettleAfter = { ms: 10_000, keys: 20_000 };

/** A store that brings into the tables what an earlier process left in the journal. */
export interface JournalStore extends UsageStore {
  /** Resolves when nothing of it is left. */
  recover(): Promise<void>;
}

/**
 * Saves usage as one row of a journal, and brings it into the tables later, in the order of the keys: each of their pages
 * that changes is written twice and waited for, whether for one use of one key or for all that have come meanwhile.
 * For an embedded database, whose writer is another thread.
 */
export function journalStore(
  db: Kysely<Tables>,
  background: BackgroundWriter,
  settleAfter = SETTLE_AFTER,
): JournalStore {
  const saving = new Set<Batch>();
  let saved: Journaled = { ids: [], batch: emptyBatch() };
  let handedOver: Batch | null = null;
  let settledAt = performance.now();

  const keep = (entry: Journaled): void => {
    if (saved.ids.length === 0) {
      saved = entry;
      return;
    }
    addBatch(saved.batch, entry.batch);
    saved = { ids: [...saved.ids, ...entry.ids], batch: saved.batch };
  };

  const save = async (batch: Batch): Promise<void> => {
    if (isEmpty(batch)) return;
    if (!hasRoomFor(saved.batch, batch))
      throw new NotSavedError(batch, new Error('Too much is waiting to be written'));
    const entry = newEntry(batch);
    saving.add(batch);
    try {
      await background.write([insertRows([entry])]);
    } catch (error) {
      // Where the thread has ended, it may have been before its answer or before its commit.
      const { ids } = await readRows(db, entry.ids).catch(() => ({ ids: [] }));
      if (ids.length === 0) throw new NotSavedError(batch, error);
    } finally {
      saving.delete(batch);
    }
    keep(entry);
  };

  const settle = async (): Promise<void> => {
    settledAt = performance.now();
    const round = saved;
    saved = { ids: [], batch: emptyBatch() };
    handedOver = round.batch;
    const parts = divide(round);
    let left: readonly Journaled[] = [round];
    try {
      if (parts.length > 1) await background.write([deleteRows(round.ids), insertRows(parts)]);
      for (left = parts; left[0]; left = left.slice(1))
        await background.write([...tableWrites(left[0].batch), deleteRows(left[0].ids)]);
    } catch (error) {
      // What failed may have been done nonetheless, where the thread ended before its answer, or by another process on
      // the same file: what still has to be written is what still is in the journal.
      const ids = [round, ...parts].flatMap((one) => one.ids);
      const there = await readRows(db, [...new Set(ids)]).catch(() => null);
      handedOver = null;
      for (const one of there ? [there] : left) keep(one);
      if (!isMissing(error)) throw error;
    }
  };

  const write = async (batch: Batch): Promise<void> => {
    await save(batch);
    while (saved.ids.length > 0) await settle();
  };

  return {
    save,
    write,
    get isDue() {
      if (saved.ids.length === 0) return false;
      return saved.batch.keys.size >= settleAfter.keys || performance.now() - settledAt >= settleAfter.ms;
    },
    get unwritten() {
      return [...saving, saved.batch];
    },
    get handedOver() {
      return handedOver;
    },
    rest() {
      handedOver = null;
    },
    async recover() {
      for (const id of await idsInJournal(db)) {
        const row = await readRows(db, [id]);
        if (!hasRoomFor(saved.batch, row.batch)) await settle();
        keep(row);
      }
      while (saved.ids.length > 0) await settle();
    },
  };
}

/** Parts of a batch, each to stand in the journal for itself; a small one as it is. */
function divide(whole: Journaled): readonly Journaled[] {
  const parts = partsOf(whole.batch, PART_KEYS);
  return parts.length > 1 ? parts.map(newEntry) : [whole];
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === ROW_MISSING;
}
