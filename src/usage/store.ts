import type { Batch } from './batch.ts';

/** Takes usage over from memory. One call of each method at a time. */
export interface UsageStore {
  /** Makes a batch safe from a crash. Rejects with NotSavedError. */
  save(batch: Batch): Promise<void>;
  /**
   * The same, and brings it and all that was saved before into the tables that are read. Rejects with NotSavedError; or with
   * another error, where all is safe and will be tried again.
   */
  write(batch: Batch): Promise<void>;
  /** Whether what was saved is to be brought into the tables, though nobody asks for it. */
  readonly isDue: boolean;
  /** Taken over, and not in the tables; the newest first. */
  readonly unwritten: readonly Batch[];
  /** Being written into the tables, or written last: a row that was read before the commit does not hold it. */
  readonly handedOver: Batch | null;
  /** Nothing has come for a while: what was written last is in every row that anybody will look at. */
  rest(): void;
}

/** A part of a batch was not saved. The cause says why. */
export class NotSavedError extends Error {
  override name = 'NotSavedError';
  /** What was not: to be handed over again. */
  readonly rest: Batch;

  constructor(rest: Batch, cause: unknown) {
    super('Usage could not be saved', { cause });
    this.rest = rest;
  }
}
