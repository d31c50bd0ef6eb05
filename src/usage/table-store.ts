import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { type Batch, limitLastUses, mergeBatches, partsOf } from './batch.ts';
import { NotSavedError, type UsageStore } from './store.ts';
import { writeBatch } from './write-batch.ts';

/** Keys of one transaction: a change that somebody waits for does not wait for more of them. */
const PART_KEYS = 200;

/** Writes usage into the tables at once: to a server, which takes it from many nodes and answers while it does. */
export function tableStore(db: Kysely<Tables>): UsageStore {
  let handedOver: Batch | null = null;
  return {
    async save(batch) {
      handedOver = batch;
      const parts = partsOf(batch, PART_KEYS);
      try {
        for (let part = parts[0]; part; part = parts[0]) {
          await writeBatch(db, part);
          parts.shift();
        }
      } catch (error) {
        handedOver = null;
        throw new NotSavedError(mergeBatches(parts), error);
      }
    },
    settle: async () => {},
    settlesLater: false,
    isDue: false,
    hasUnwritten: false,
    unwritten: () => [],
    handedOver: (keyId) => handedOver?.keys.get(keyId),
    limitLastUses: (now) => limitLastUses([handedOver], now),
    rest() {
      handedOver = null;
    },
  };
}
