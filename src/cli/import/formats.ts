/** Formats of files with keys. */
export const FORMATS = ['jsonl', 'csv', 'unkey', 'better-auth'] as const;

export type Format = (typeof FORMATS)[number];
