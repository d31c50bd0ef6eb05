import { LRUCache } from 'lru-cache';

/** Period in which missed deadlines count, and for which their consequences last, milliseconds. */
const PERIOD_MS = 600_000;

/** After this many deadlines that its verifiers missed although they sent messages, a credential is rejected. */
const DEFIED_MAX = 3;

/** After this many that they missed for any reason, a credential only gets short leases. */
const MISSED_MAX = 10;

/** A short lease, milliseconds. */
const SHORT_LEASE_MS = 500;

/** Maximum number of credentials that are tracked. */
const CREDENTIALS_MAX = 10_000;

interface Record {
  /** When deadlines were missed, oldest first. */
  missed: number[];
  /** The same for those of verifiers that sent other messages. */
  defied: number[];
  rejectedUntil: number;
  shortUntil: number;
}

/** Credentials whose verifiers have delayed changes until their deadlines. Times are of `performance.now()`. */
export class Strikes {
  readonly #records = new LRUCache<string, Record>({ max: CREDENTIALS_MAX });
  #count = 0;

  /** Number of missed deadlines since the start. */
  get count(): number {
    return this.#count;
  }

  /**
   * Records a missed deadline. A verifier that `responds` is not cut off or stopped. Returns whether the credential is
   * rejected from now on.
   */
  add(credential: string, now: number, responds: boolean): boolean {
    this.#count += 1;
    const never = Number.NEGATIVE_INFINITY;
    const record = this.#records.get(credential) ?? {
      ...{ missed: [], defied: [], rejectedUntil: never, shortUntil: never },
    };
    this.#records.set(credential, record);
    record.missed = [...recent(record.missed, now), now].slice(-MISSED_MAX);
    if (record.missed.length === MISSED_MAX) record.shortUntil = now + PERIOD_MS;
    record.defied = recent(record.defied, now);
    if (responds) record.defied.push(now);
    if (record.defied.length < DEFIED_MAX) return false;
    record.defied = [];
    record.rejectedUntil = now + PERIOD_MS;
    return true;
  }

  /** For how many seconds a credential's streams are still rejected, or 0. */
  rejectedFor(credential: string, now: number): number {
    const until = this.#records.get(credential)?.rejectedUntil ?? now;
    return Math.max(0, Math.ceil((until - now) / 1000));
  }

  /** The longest lease that a credential's verifiers get, milliseconds. */
  leaseMaxMs(credential: string, now: number): number {
    const until = this.#records.get(credential)?.shortUntil ?? now;
    return until > now ? SHORT_LEASE_MS : Number.POSITIVE_INFINITY;
  }
}

function recent(times: readonly number[], now: number): number[] {
  return times.filter((time) => now - time < PERIOD_MS);
}
