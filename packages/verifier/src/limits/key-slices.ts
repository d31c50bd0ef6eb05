import type { Moment } from '../../../../src/cluster/lease.ts';
import type { RateLimitState } from '../../../../src/core/rate-limit-state.ts';
import type { Deferred } from '../stream/deferred.ts';
import type { Slice } from './slice.ts';

/** For how long the server's answer is used that nothing is left, milliseconds: returned slices may change it. */
const DENIAL_MS = 250;

/** What a slice may hold of what remains in the window, whatever was used; and how many seconds of use. */
const SHARE = 0.01;
const SECONDS = 2;

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
  /** What the server had left, until the window ends by the monotonic clock. */
  #remaining = { count: 0, until: Number.NEGATIVE_INFINITY };

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

  /** Adds a slice of a window that ends at this time of the monotonic clock. */
  add(slice: Slice, windowEndsAt: number): void {
    this.#denial = null;
    this.#remaining = { count: slice.elsewhere, until: windowEndsAt };
    this.#slices.push(slice);
  }

  /** Whether more should be requested, because little is left of the last slice, or it ends soon. */
  isLow({ used, granted, renewAt }: Slice, monotonic: number): boolean {
    if (this.#slices.length > 1 || this.deniedUntil(monotonic) !== null) return false;
    return (granted - used) * 4 < granted || monotonic >= renewAt;
  }

  /** How many to request: for those that wait, for two seconds, and at least 1 % of the rest of the window. */
  wanted(monotonic: number): number {
    let left = 0;
    for (const { used, granted, renewAt } of this.#slices) if (monotonic < renewAt) left += granted - used;
    const { count, until } = this.#remaining;
    const share = Math.floor((monotonic < until ? count : this.limit) * SHARE);
    const used = Math.max(this.#uses, this.#usesBefore);
    return Math.max(1, this.waiting.length, SECONDS * used - left, share);
  }

  /** The server says that nothing is left until the window ends. */
  deny(monotonic: number, resetAt: number, remainingMs: number): void {
    this.#denial = { until: monotonic + Math.min(DENIAL_MS, remainingMs), resetAt };
    this.#remaining = { count: 0, until: monotonic + remainingMs };
  }

  /** When the window ends, while it is known that nothing is left; otherwise null. */
  deniedUntil(monotonic: number): number | null {
    return this.#denial && this.#denial.until > monotonic ? this.#denial.resetAt : null;
  }

  /** Whether it has no slice, and nothing waits for one. */
  get isIdle(): boolean {
    return this.#slices.length === 0 && this.waiting.length === 0 && this.state === 'idle';
  }

  /** Removes the slices that have ended. */
  removeEnded({ monotonic, wall }: Moment, giveBack: ReturnSlice): void {
    for (const { id, endsAt, endsAtByWall } of [...this.#slices])
      if (endsAt <= monotonic || endsAtByWall <= wall) this.remove(id, giveBack);
  }

  /** Removes one slice, or all of them. */
  remove(id: string | null, giveBack: ReturnSlice): void {
    for (const slice of this.#slices.splice(0)) {
      if (id === null || slice.id === id) giveBack(slice);
      else this.#slices.push(slice);
    }
  }
}
