import { addBatch, type Batch, emptyBatch, type KeyActivity } from './batch.ts';

/** Ids of keys end in one of 32 characters, drawn at random (TypeID: base 32). */
const SHARDS = 32;

/** What the journal holds of the keys of one shard, and in which rows. */
export interface Shard {
  readonly ids: readonly string[];
  readonly batch: Batch;
}

/** The batch in parts that are the same for every batch, each of other keys. */
export function shardsOf(batch: Batch): Batch[] {
  const shards = new Map<number, Batch>();
  for (const key of batch.keys.values()) {
    const number = shardOf(key.keyId);
    let shard = shards.get(number);
    if (!shard) {
      shard = emptyBatch();
      shards.set(number, shard);
    }
    shard.keys.set(key.keyId, key);
    shard.minutes += key.minutes.length;
  }
  return [...shards.values()];
}

/** Usage that is in the journal, in shards of which each can leave it for itself. */
export class SavedUsage {
  readonly #shards = new Map<number, Shard>();

  /** Adds what rows hold, all of them of one shard. */
  add({ ids, batch }: Shard): void {
    const number = numberOf(batch);
    const known = this.#shards.get(number);
    if (known) addBatch(known.batch, batch);
    this.#shards.set(number, known ? { ids: [...known.ids, ...ids], batch: known.batch } : { ids, batch });
  }

  /** Takes a shard out that was given by `groups`. */
  remove({ batch }: Shard): void {
    this.#shards.delete(numberOf(batch));
  }

  get(keyId: string): KeyActivity | undefined {
    return this.#shards.get(shardOf(keyId))?.batch.keys.get(keyId);
  }

  /** What all shards hold. */
  batches(): Batch[] {
    return [...this.#shards.values()].map(({ batch }) => batch);
  }

  /** All shards, in groups of about so many keys. */
  groups(keys: number): Shard[][] {
    const groups: Shard[][] = [];
    let room = 0;
    for (const shard of this.#shards.values()) {
      const { size } = shard.batch.keys;
      const group = room >= size ? groups.at(-1) : undefined;
      if (group) group.push(shard);
      else groups.push([shard]);
      room = (group ? room : keys) - size;
    }
    return groups;
  }

  get isEmpty(): boolean {
    return this.#shards.size === 0;
  }

  get keys(): number {
    return this.#sum(({ keys }) => keys.size);
  }

  get minutes(): number {
    return this.#sum(({ minutes }) => minutes);
  }

  #sum(of: (batch: Batch) => number): number {
    let sum = 0;
    for (const batch of this.batches()) sum += of(batch);
    return sum;
  }
}

function numberOf(batch: Batch): number {
  const [keyId = ''] = batch.keys.keys();
  return shardOf(keyId);
}

function shardOf(keyId: string): number {
  return keyId.charCodeAt(keyId.length - 1) % SHARDS;
}
