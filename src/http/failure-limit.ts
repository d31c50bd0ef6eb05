import { LRUCache } from 'lru-cache';
import type { RateLimitState } from '../context.ts';
import { type Clock, wallTimeOf } from '../core/clock.ts';
import type { Policy } from './rate-limit-headers.ts';

const WINDOW_SECONDS = 60;

/** Most addresses that are counted at once; where there are more, those that were quiet for longest are forgotten. */
const ADDRESSES_MAX = 50_000;

/** Counts failures by client address, in bounded memory. */
export class FailureLimit {
  readonly policy: Policy;
  readonly #clock: Clock;
  readonly #windows = new LRUCache<
    string,
    { count: number /** By the monotonic clock. */; readonly endsAt: number }
  >({
    max: ADDRESSES_MAX,
  });

  constructor(clock: Clock, limit: number) {
    this.policy = { limit, windowSeconds: WINDOW_SECONDS };
    this.#clock = clock;
  }

  /** Takes note of a failure; null: of a client whose address is not known, all of which count together. */
  count(ip: string | null): RateLimitState {
    const name = whose(ip);
    const now = this.#clock.monotonic();
    let window = this.#windows.get(name);
    if (!window || window.endsAt <= now) {
      window = { count: 0, endsAt: now + WINDOW_SECONDS * 1000 };
      this.#windows.set(name, window);
    }
    const { limit } = this.policy;
    const allowed = window.count < limit;
    if (allowed) window.count += 1;
    return { allowed, remaining: limit - window.count, resetAt: wallTimeOf(this.#clock, window.endsAt) };
  }

  /** How many addresses are counted. */
  get size(): number {
    return this.#windows.size;
  }
}

/** Who has one IPv6 address has its /64: that counts as one. Addresses come in their normal form (RFC 5952). */
function whose(ip: string | null): string {
  if (ip === null) return '';
  if (!ip.includes(':')) return ip;
  const [head = '', tail = ''] = ip.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...(ip.includes('::') ? zeros : []), ...after].slice(0, 4).join(':');
}
