import type { UsageSink } from '../verification/services.ts';
import { DenialGroups } from './denial-groups.ts';

/** How often a key was presented in one minute. */
export interface MinuteCount {
  /** Start of the minute, milliseconds since the epoch. */
  readonly start: number;
  verified: number;
  denied: number;
}

/** The uses of one secret. */
export interface SecretUses {
  readonly secretId: string;
  /** 0 if it was only denied. */
  at: number;
  uses: number;
  /** Null: those of its key, because no other secret of the key was presented. */
  minutes: readonly MinuteCount[] | null;
}

/** A key's usage since the last write. */
export interface KeyActivity {
  readonly keyId: string;
  readonly organizationId: string;
  /** The last use. `at` is NOT_USED if there was none. */
  at: number;
  ip: string | null;
  /** The current minute and those before it. Null: none could be stored. */
  minute: MinuteCount | null;
  minutes: readonly MinuteCount[];
  /** Usually one. */
  secrets: readonly SecretUses[];
}

/** Uses and denials gathered since the last write. */
export interface Batch {
  readonly keys: Map<string, KeyActivity>;
  /** Denials with their codes and addresses. */
  readonly denials: DenialGroups;
  /** Number of minutes of keys, and its maximum. */
  minutes: number;
  minutesMax: number;
  /** Uses and denials not counted by minute, because there were too many. */
  dropped: number;
}

type Use = Parameters<UsageSink['accepted']>[0];
type Denial = Parameters<UsageSink['denied']>[0];

export const MINUTE_MS = 60_000;

/** Placeholder time: not used. */
export const NOT_USED = -1;

/** Maximum number of minutes of keys waiting to be written: bounds memory during a long database outage. */
export const MINUTES_MAX = 100_000;

export function emptyBatch(minutesMax = MINUTES_MAX, denials = new DenialGroups()): Batch {
  return { keys: new Map(), denials, minutes: 0, minutesMax, dropped: 0 };
}

export function isEmpty(batch: Batch): boolean {
  return batch.keys.size === 0 && batch.denials.size === 0;
}

/**
 * Adds an accepted verification, or several of which it is the last. On the path of every request: one map look-up if
 * the key is busy.
 */
export function noteUse(batch: Batch, { organizationId, keyId, secretId, at, ip }: Use, count = 1): void {
  const key = batch.keys.get(keyId) ?? addKey(batch, keyId, organizationId);
  if (at >= key.at) {
    key.at = at;
    key.ip = ip;
  }
  const secret = secretOf(key, secretId) ?? addSecret(batch, key, secretId);
  secret.uses += count;
  if (at > secret.at) secret.at = at;
  const minute = minuteAt(batch, key, at);
  if (minute) minute.verified += count;
  else batch.dropped += count;
  const own = minute && secret.minutes && minuteOf(batch, secret, minute.start);
  if (own) own.verified += count;
}

/** The same for rejected ones. Guessing keys costs bounded memory. */
export function noteDenial(batch: Batch, denial: Denial, count = 1): void {
  batch.denials.add(denial, count);
  const { organizationId, keyId, secretId, at } = denial;
  if (keyId === null || secretId === null || organizationId === null) return;
  const key = batch.keys.get(keyId) ?? addKey(batch, keyId, organizationId);
  const secret = secretOf(key, secretId) ?? addSecret(batch, key, secretId);
  const minute = minuteAt(batch, key, at);
  if (minute) minute.denied += count;
  else batch.dropped += count;
  const own = minute && secret.minutes && minuteOf(batch, secret, minute.start);
  if (own) own.denied += count;
}

/** Moves last uses after `now`, recorded while the clock was ahead, to `now`, so that later ones are newer. */
export function limitLastUses(activities: Iterable<KeyActivity>, now: number): void {
  for (const key of activities) {
    key.at = Math.min(key.at, now);
    for (const secret of key.secrets) secret.at = Math.min(secret.at, now);
  }
}

/** Splits the batch into parts of at most this many keys, in the order of their ids. */
export function partsOf(batch: Batch, size: number): Batch[] {
  const parts: Batch[] = [];
  let part = emptyBatch(MINUTES_MAX, batch.denials);
  for (const keyId of [...batch.keys.keys()].sort()) {
    const key = batch.keys.get(keyId);
    if (!key) continue;
    if (part.keys.size === 0) parts.push(part);
    part.keys.set(keyId, key);
    part.minutes += key.secrets.reduce((sum, one) => sum + (one.minutes?.length ?? 0), key.minutes.length);
    if (part.keys.size === size) part = emptyBatch();
  }
  return parts;
}

/** Adds last uses and counts of uses of a later batch, without its minutes. The batch must not be used again. */
export function addUses(keys: Map<string, KeyActivity>, added: Iterable<KeyActivity>): void {
  for (const activity of added) {
    const key = keys.get(activity.keyId);
    if (!key) {
      // Readers don't use the minutes.
      activity.minute = null;
      activity.minutes = NONE;
      for (const secret of activity.secrets) secret.minutes = null;
      keys.set(activity.keyId, activity);
      continue;
    }
    if (activity.at !== NOT_USED && activity.at >= key.at) {
      key.at = activity.at;
      key.ip = activity.ip;
    }
    for (const { secretId, at, uses } of activity.secrets) {
      const secret = secretOf(key, secretId) ?? append(key, secretId, null);
      secret.uses += uses;
      secret.at = Math.max(secret.at, at);
    }
  }
}

function addKey(batch: Batch, keyId: string, organizationId: string): KeyActivity {
  const key: KeyActivity = {
    keyId,
    organizationId,
    at: NOT_USED,
    ip: null,
    minute: null,
    minutes: NONE,
    secrets: NONE,
  };
  batch.keys.set(keyId, key);
  return key;
}

/** Usage of one secret of a key. */
export function secretOf({ secrets }: KeyActivity, secretId: string): SecretUses | undefined {
  const [first] = secrets;
  return first?.secretId === secretId ? first : secrets.find((one) => one.secretId === secretId);
}

/** With a second secret, each has minutes of its own. Those so far are of the first. */
function addSecret(batch: Batch, key: KeyActivity, secretId: string): SecretUses {
  const [first] = key.secrets;
  if (first && !first.minutes) {
    first.minutes = key.minutes.map((minute) => ({ ...minute }));
    batch.minutes += first.minutes.length;
  }
  return append(key, secretId, first ? NONE : null);
}

function append(key: KeyActivity, secretId: string, minutes: SecretUses['minutes']): SecretUses {
  const secret = { secretId, at: 0, uses: 0, minutes };
  key.secrets = withOne(key.secrets, secret);
  return secret;
}

/** A minute of a secret. Null if there are too many. */
function minuteOf(batch: Batch, secret: SecretUses, start: number): MinuteCount | null {
  const known = secret.minutes?.find((one) => one.start === start);
  if (known || batch.minutes >= batch.minutesMax) return known ?? null;
  const minute = { start, verified: 0, denied: 0 };
  secret.minutes = withOne(secret.minutes ?? NONE, minute);
  batch.minutes += 1;
  return minute;
}

function minuteAt(batch: Batch, key: KeyActivity, at: number): MinuteCount | null {
  const { minute } = key;
  if (minute && at >= minute.start && at - minute.start < MINUTE_MS) return minute;
  const start = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  const known = key.minutes.find((one) => one.start === start);
  if (!known && batch.minutes >= batch.minutesMax) return null;
  key.minute = known ?? addMinute(batch, key, start);
  return key.minute;
}

function addMinute(batch: Batch, key: KeyActivity, start: number): MinuteCount {
  const minute = { start, verified: 0, denied: 0 };
  key.minutes = withOne(key.minutes, minute);
  batch.minutes += 1;
  return minute;
}

const NONE: readonly never[] = [];

/**
 * Usually only the first is set. A list that grows by `push` reserves sixteen more slots, and there are thousands of
 * lists.
 */
function withOne<T>(list: readonly T[], one: T): readonly T[] {
  return list.length === 0 ? [one] : [...list, one];
}
