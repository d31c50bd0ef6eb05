import type { Batch, KeyActivity } from './batch.ts';

/** Takes usage over from memory. Of each method one call runs at a time. */
export interface UsageStore {
  /** Makes a batch safe from a crash. Rejects with NotSavedError; with another error where it has kept the batch itself. */
  save(batch: Batch): Promise<void>;
  /**
   * Brings what was saved by now into the tables that are read. Rejects where not all of it could be: it stays safe, and
   * the next call tries again.
   */
  settle(): Promise<void>;
  /** Whether `settle` does anything, so that it can make room for a batch that could not be saved; `save` may run beside it. */
  readonly settlesLater: boolean;
  /** Whether it is time to settle, though nobody asks for it. */
  readonly isDue: boolean;
  /** Whether anything was taken over that is not in the tables. */
  readonly hasUnwritten: boolean;
  /** What was taken over of a key, and is surely not in the tables; the newest first. */
  unwritten(keyId: string): readonly KeyActivity[];
  /** What is being written of a key, or was written last: a row that was read before the commit does not hold it. */
  handedOver(keyId: string): KeyActivity | undefined;
  /** Makes last uses after `now` that it holds uses of `now`. What is saved or written is not corrected. */
  limitLastUses(now: number): void;
  /** Nothing has come for a while: what was written last is in every row that anybody will look at. */
  rest(): void;
}

/** A part of a batch, or all of it, was not saved. The cause says why. */
export class NotSavedError extends Error {
  override name = 'NotSavedError';
  /** What was not: to be handed over again. */
  readonly rest: Batch;

  constructor(rest: Batch, cause: unknown) {
    super('Usage could not be saved', { cause });
    this.rest = rest;
  }
}
