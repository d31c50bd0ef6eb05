import type { LastUse, UsageSink } from '../context.ts';

/** How often a key was presented in one minute. */
export interface MinuteCount {
  readonly keyId: string;
  readonly organizationId: string;
  /** Where the minute begins, milliseconds since the epoch. */
  readonly start: number;
  verified: number;
  denied: number;
}

/** Uses and denials gathered since the last write. */
export interface Batch {
  readonly keys: Map<string, LastUse>;
  readonly secrets: Map<string, { at: number; uses: number }>;
  /** By key and minute. */
  readonly buckets: Map<string, MinuteCount>;
  /** Uses and denials not counted in `buckets`, because it was full. */
  dropped: number;
}

type Use = Parameters<UsageSink['accepted']>[0];
type Denial = Parameters<UsageSink['denied']>[0];

export const MINUTE_MS = 60_000;

/** Most minutes of keys that wait to be written: a bound on memory where the database is away for long. */
const BUCKETS_MAX = 100_000;

export function emptyBatch(): Batch {
  return { keys: new Map(), secrets: new Map(), buckets: new Map(), dropped: 0 };
}

export function isEmpty(batch: Batch): boolean {
  return batch.secrets.size === 0 && batch.buckets.size === 0;
}

/** Adds an accepted verification. */
export function noteUse(batch: Batch, { organizationId, keyId, secretId, at, ip }: Use): void {
  noteLastUse(batch, keyId, { at, ip });
  noteSecret(batch, secretId, { at, uses: 1 });
  count(batch, keyId, organizationId, at, { verified: 1, denied: 0 });
}

/** Adds a refused one; of unknown keys nothing is kept, so that guessing them costs no memory. */
export function noteDenial(batch: Batch, { organizationId, keyId, at }: Denial): void {
  if (keyId === null || organizationId === null) return;
  count(batch, keyId, organizationId, at, { verified: 0, denied: 1 });
}

/** Both together, in the first. */
export function mergeBatches(first: Batch, second: Batch): Batch {
  for (const [keyId, use] of second.keys) noteLastUse(first, keyId, use);
  for (const [secretId, uses] of second.secrets) noteSecret(first, secretId, uses);
  for (const { keyId, organizationId, start, ...counts } of second.buckets.values())
    count(first, keyId, organizationId, start, counts);
  first.dropped += second.dropped;
  return first;
}

function noteLastUse(batch: Batch, keyId: string, use: LastUse): void {
  const known = batch.keys.get(keyId);
  if (!known || known.at <= use.at) batch.keys.set(keyId, use);
}

function noteSecret(batch: Batch, secretId: string, { at, uses }: { at: number; uses: number }): void {
  const known = batch.secrets.get(secretId);
  batch.secrets.set(secretId, { at: Math.max(at, known?.at ?? 0), uses: uses + (known?.uses ?? 0) });
}

function count(
  batch: Batch,
  keyId: string,
  organizationId: string,
  at: number,
  { verified, denied }: { verified: number; denied: number },
): void {
  const start = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  const name = `${keyId} ${start}`;
  const known = batch.buckets.get(name);
  if (known) {
    known.verified += verified;
    known.denied += denied;
  } else if (batch.buckets.size < BUCKETS_MAX) {
    batch.buckets.set(name, { keyId, organizationId, start, verified, denied });
  } else {
    batch.dropped += verified + denied;
  }
}
