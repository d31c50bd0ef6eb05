/** Limits of one process's journal. After repeated failures, no more than this is left to the next checkpoint. */
export const JOURNAL_LIMITS = {
  /** Interval between checkpoints, milliseconds. */
  dueMs: 10_000,
  /** Also due after `soonMs` milliseconds, while at most `soonKeys` keys are waiting. */
  soonMs: 1_000,
  soonKeys: 0,
  /** Also due at this many keys. */
  dueKeys: 20_000,
  /** Nothing more is appended at this many keys. */
  keysMax: 100_000,
  /** Also due at this many batches. */
  batchesMax: 1_000,
};

/**
 * Those of a verification process. Readers in the server see what is in its own journal and in the tables, so a process
 * moves usage to the tables soon, as long as that writes few pages.
 */
export const PROCESS_JOURNAL: typeof JOURNAL_LIMITS = { ...JOURNAL_LIMITS, soonKeys: 1_000 };
