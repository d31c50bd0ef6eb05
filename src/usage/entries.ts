import type { Batch, MinuteCount } from './batch.ts';

/** The form of a journal row. A row of another version is left for a program that knows it. */
export const VERSION = 1;

/** Counts of one key. The SQL of write-tables.ts reads it by position. */
type Entry = readonly [
  keyId: string,
  organizationId: string,
  at: number,
  ip: string | null,
  minutes: Minutes,
  /** Without minutes: those of the key. */
  secrets: readonly (readonly [secretId: string, at: number, uses: number, minutes?: Minutes])[],
];

type Minutes = readonly (readonly [start: number, verified: number, denied: number])[];

/** A batch as a JSON list of entries. */
export function encodeEntries(batch: Batch): string {
  const entries: Entry[] = [];
  for (const { keyId, organizationId, at, ip, minutes, secrets } of batch.keys.values()) {
    entries.push([
      keyId,
      organizationId,
      at,
      ip,
      encodeMinutes(minutes),
      secrets.map(({ secretId, at: usedAt, uses, minutes: own }) =>
        own ? [secretId, usedAt, uses, encodeMinutes(own)] : [secretId, usedAt, uses],
      ),
    ]);
  }
  return JSON.stringify(entries);
}

function encodeMinutes(minutes: readonly MinuteCount[]): Minutes {
  return minutes.map(({ start, verified, denied }) => [start, verified, denied]);
}
