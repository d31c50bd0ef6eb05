import type { Batch } from './batch.ts';

/** The form of a journal row. A row of another version is left for a program that knows it. */
export const VERSION = 1;

/** Counts of one key. The SQL of write-tables.ts reads it by position. */
type Entry = readonly [
  keyId: string,
  organizationId: string,
  at: number,
  ip: string | null,
  minutes: readonly (readonly [start: number, verified: number, denied: number])[],
  secrets: readonly (readonly [secretId: string, at: number, uses: number])[],
];

/** A batch as a JSON list of entries. */
export function encodeEntries(batch: Batch): string {
  const entries: Entry[] = [];
  for (const { keyId, organizationId, at, ip, minutes, secrets } of batch.keys.values()) {
    entries.push([
      keyId,
      organizationId,
      at,
      ip,
      minutes.map(({ start, verified, denied }) => [start, verified, denied]),
      secrets.map(({ secretId, at: usedAt, uses }) => [secretId, usedAt, uses]),
    ]);
  }
  return JSON.stringify(entries);
}
