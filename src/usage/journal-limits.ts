/** What may wait in the journal of one process. Checkpoints that fail again and again leave no more to the next one. */
export const JOURNAL_LIMITS = {
  /** A checkpoint is due so long after the last, milliseconds. */
  dueMs: 10_000,
  /** Or at so many keys. */
  dueKeys: 20_000,
  /** At so many keys nothing more is appended. */
  keysMax: 100_000,
  /** Or at so many batches. */
  batchesMax: 1_000,
};
