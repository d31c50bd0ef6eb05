import { addBatch, type Batch, emptyBatch, type KeyActivity, partsOf } from './batch.ts';

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

  /** All shards. */
  shards(): Shard[] {
    return [...this.#shards.values()];
  }

  /** Takes keys out. */
  forget(batch: Batch): void {
    const shard = this.#shards.get(numberOf(batch));
    for (const keyId of batch.keys.keys()) shard?.batch.keys.delete(keyId);
    if (shard?.batch.keys.size === 0) this.#shards.delete(numberOf(batch));
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

/** What is taken out of the journal at once: what is written into the tables, or one shard that is put back in parts. */
export interface Piece {
  readonly shards: readonly Shard[];
  readonly activities: readonly KeyActivity[];
  readonly parts: readonly Batch[];
}

/** Takes shards of about so many keys from the front of the queue, or one that has to be cut into parts first. */
export function takePiece(queue: Shard[], size: number): Piece {
  const shards: Shard[] = [];
  const activities: KeyActivity[] = [];
  for (let [first] = queue; first && activities.length < size; [first] = queue) {
    const own = [...first.batch.keys.values()];
    if (activities.length > 0 && activities.length + own.length > size) break;
    queue.shift();
    if (own.length > 2 * size) return { shards: [first], activities: [], parts: partsOf(first.batch, size) };
    shards.push(first);
    activities.push(...own);
  }
  return { shards, activities, parts: [] };
}

function numberOf(batch: Batch): number {
  const [keyId = ''] = batch.keys.keys();
  return shardOf(keyId);
}

function shardOf(keyId: string): number {
  return keyId.charCodeAt(keyId.length - 1) % SHARDS;
}
