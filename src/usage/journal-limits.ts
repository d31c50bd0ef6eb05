/** Limits of one process's journal. After repeated failures, no more than this is left to the next checkpoint. */
export const JOURNAL_LIMITS = {
  /** Interval between checkpoints, milliseconds. */
  dueMs: 10_000,
  /** Also due at this many keys. */
  dueKeys: 20_000,
  /** Nothing more is appended at this many keys. */
  keysMax: 100_000,
  /** Also due at this many batches. */
  batchesMax: 1_000,
};
