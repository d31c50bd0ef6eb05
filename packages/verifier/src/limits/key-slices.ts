import type { Moment } from '../../../../src/cluster/lease.ts';
import type { RateLimitState } from '../../../../src/core/rate-limit-state.ts';
import type { Deferred } from '../stream/deferred.ts';
import type { Slice } from './slice.ts';

/** For how long the server's answer is used that nothing is left, milliseconds: returned slices may change it. */
const DENIAL_MS = 250;

/** Takes back a slice that is used up, or not used any longer. */
export type ReturnSlice = (slice: Slice) => void;

/** The slices of one key, and the verifications that wait for more. */
export class KeySlices {
  /** SHA-256 hash of a secret of the key, by which the server knows it. */
  readonly hash: string;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly waiting: Deferred<RateLimitState>[] = [];
  /** Whether more are to be requested, or were. */
  state: 'idle' | 'wanted' | 'requested' = 'idle';
  /** The first one is used. */
  readonly #slices: Slice[] = [];
  #denial: { readonly until: number; readonly resetAt: number } | null = null;
  /** Uses in this second of the monotonic clock, and in the one before. */
  #second = 0;
  #uses = 0;
  #usesBefore = 0;

  constructor(hash: string, limit: number, windowSeconds: number) {
    this.hash = hash;
    this.limit = limit;
    this.windowSeconds = windowSeconds;
  }

  /** Counts a verification, whether or not it is accepted. */
  count(monotonic: number): void {
    const second = Math.floor(monotonic / 1000);
    if (second !== this.#second) {
      this.#usesBefore = second === this.#second + 1 ? this.#uses : 0;
      this.#uses = 0;
      this.#second = second;
    }
    this.#uses += 1;
  }

  /** The slice with something left, or null. */
  current({ monotonic, wall }: Moment, giveBack: ReturnSlice): Slice | null {
    for (let slice = this.#slices[0]; slice; slice = this.#slices[0]) {
      const hasEnded = slice.endsAt <= monotonic || slice.endsAtByWall <= wall;
      if (!hasEnded && slice.used < slice.granted) return slice;
      this.#slices.shift();
      giveBack(slice);
    }
    return null;
  }

  add(slice: Slice): void {
    this.#denial = null;
    this.#slices.push(slice);
  }

  /** Whether little is left, so that more should be requested before it is used up. */
  isLow({ used, granted }: Slice): boolean {
    return this.#slices.length === 1 && (granted - used) * 4 < granted;
  }

  /** How many to request: for those that wait, and what is used in a second. */
  get wanted(): number {
    const left = this.#slices.reduce((sum, { used, granted }) => sum + granted - used, 0);
    const perSecond = Math.max(this.#uses, this.#usesBefore);
    return Math.max(1, this.waiting.length, perSecond - left);
  }

  /** The server says that nothing is left until the window ends. */
  deny(monotonic: number, resetAt: number, remainingMs: number): void {
    this.#denial = { until: monotonic + Math.min(DENIAL_MS, remainingMs), resetAt };
  }

  /** When the window ends, while it is known that nothing is left; otherwise null. */
  deniedUntil(monotonic: number): number | null {
    return this.#denial && this.#denial.until > monotonic ? this.#denial.resetAt : null;
  }

  /** Whether nothing was accepted for this time, milliseconds. */
  isIdleFor(milliseconds: number, monotonic: number): boolean {
    return this.#slices.every(({ usedAt }) => monotonic - usedAt >= milliseconds);
  }

  /** Removes one slice, or all of them. */
  remove(id: string | null, giveBack: ReturnSlice): void {
    for (const slice of this.#slices.splice(0)) {
      if (id === null || slice.id === id) giveBack(slice);
      else this.#slices.push(slice);
    }
  }
}
