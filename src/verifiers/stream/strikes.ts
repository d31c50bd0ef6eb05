import { LRUCache } from 'lru-cache';

/** After this many missed deadlines within the period, a credential's streams are rejected until the period is over. */
const STRIKES_MAX = 3;

/** Period, milliseconds. */
const PERIOD_MS = 600_000;

/** A credential with many verifiers may have this share of them stopped, paused or cut off at once. */
const SHARE = 0.1;

/** Maximum number of credentials that are tracked. */
const CREDENTIALS_MAX = 10_000;

interface Record {
  /** When deadlines were missed, oldest first. */
  times: number[];
  rejectedUntil: number;
}

/** Credentials whose verifiers have delayed changes until their deadlines. Times are of `performance.now()`. */
export class Strikes {
  readonly #records = new LRUCache<string, Record>({ max: CREDENTIALS_MAX });
  #count = 0;

  /** Number of missed deadlines since the start. */
  get count(): number {
    return this.#count;
  }

  /** Records a missed deadline of a credential with so many streams. Returns whether its streams are now rejected. */
  add(credential: string, now: number, streams: number): boolean {
    this.#count += 1;
    const record = this.#records.get(credential) ?? { times: [], rejectedUntil: Number.NEGATIVE_INFINITY };
    record.times = [...record.times.filter((time) => now - time < PERIOD_MS), now];
    this.#records.set(credential, record);
    if (record.times.length < STRIKES_MAX + Math.floor(streams * SHARE)) return false;
    record.times = [];
    record.rejectedUntil = now + PERIOD_MS;
    return true;
  }

  /** For how many seconds a credential's streams are still rejected, or 0. */
  rejectedFor(credential: string, now: number): number {
    const until = this.#records.get(credential)?.rejectedUntil ?? now;
    return Math.max(0, Math.ceil((until - now) / 1000));
  }
}
