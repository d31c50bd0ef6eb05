import type { LeaseClocks, Moment } from '../../../../src/cluster/lease.ts';
import type { Clock } from '../../../../src/core/clock.ts';
import type { RateLimitState } from '../../../../src/core/rate-limit-state.ts';
import type { VerificationLimiter } from '../../../../src/verification/verify.ts';
import type { SliceGrant } from '../stream/answers.ts';
import { deferred } from '../stream/deferred.ts';
import { fitting } from '../stream/message-size.ts';
import { VerifierUnavailableError } from '../verifier-unavailable-error.ts';
import { KeySlices } from './key-slices.ts';
import type { Slice } from './slice.ts';

/** A slice ends before its window does, because clocks differ; and after this time at the latest, milliseconds. */
const SLICE_MS_MAX = 10_000;
const CLOCK_MARGIN = 0.98;

/** Maximum number of slices per request, and their size, bytes: their ids are the server's. */
const SLICES_MAX = 500;
const WANTED_BYTES = 110;
const WANTED_SHARE = 0.6;

/** What a report requests and returns. */
export interface SliceRequest {
  /** The moment before it is sent. */
  readonly requested: Moment;
  readonly wanted: readonly { readonly hash: string; readonly count: number }[];
  readonly returned: readonly { readonly slice: string; readonly used: number }[];
  readonly keys: ReadonlyMap<string, KeySlices>;
  /** Number of the stream, counted here. */
  readonly stream: number;
}

/**
 * Accepts verifications of keys with a rate limit from slices that the server has handed out. Denies one only after the
 * server has said that nothing is left. All slices end with their stream.
 */
export class SliceLimiter implements VerificationLimiter {
  readonly #clocks: LeaseClocks;
  readonly #clock: Clock;
  readonly #onWork: () => void;
  readonly #keys = new Map<string, KeySlices>();
  #returned: { slice: string; used: number }[] = [];
  readonly #wanting = new Set<KeySlices>();
  readonly #bySlice = new Map<string, KeySlices>();
  /** Recalled before the grant was processed. */
  readonly #recalled = new Set<string>();
  /** Number of streams that have ended. */
  #stream = 0;
  #isStopping = false;
  readonly #giveBack = ({ id, used }: Slice): void => {
    this.#bySlice.delete(id);
    this.#returned.push({ slice: id, used });
  };

  /** `clock` is the server's; `onWork` is called when a report should be sent immediately. */
  constructor(clocks: LeaseClocks, clock: Clock, onWork: () => void) {
    this.#clocks = clocks;
    this.#clock = clock;
    this.#onWork = onWork;
  }

  take(keyId: string, limit: number, windowSeconds: number, hash: string) {
    const now = this.#now();
    const key = this.#key(keyId, limit, windowSeconds, hash);
    key.count(now.monotonic);
    const slice = key.current(now, this.#giveBack);
    if (slice) {
      const state = take(slice);
      if (key.isLow(slice, now.monotonic)) this.#want(key);
      return state;
    }
    const resetAt = key.deniedUntil(now.monotonic);
    if (resetAt !== null) return { allowed: false, remaining: 0, resetAt };
    const waiting = deferred<RateLimitState>();
    key.waiting.push(waiting);
    this.#want(key);
    return waiting.promise;
  }

  /** What is known here: without a slice, that is only the limit. */
  peek(keyId: string, limit: number, windowSeconds: number): RateLimitState {
    const key = this.#keys.get(keyId);
    const slice =
      key?.limit === limit && key.windowSeconds === windowSeconds
        ? key.current(this.#now(), this.#giveBack)
        : null;
    if (slice) return { allowed: true, remaining: remainingOf(slice), resetAt: slice.resetAt };
    return { allowed: true, remaining: limit, resetAt: this.#clock.now() + windowSeconds * 1000 };
  }

  #key(keyId: string, limit: number, windowSeconds: number, hash: string): KeySlices {
    const known = this.#keys.get(keyId);
    if (known && known.limit === limit && known.windowSeconds === windowSeconds) return known;
    const key = new KeySlices(hash, limit, windowSeconds);
    // A changed limit starts a new window.
    known?.remove(null, this.#giveBack);
    this.#keys.set(keyId, key);
    return key;
  }

  #want(key: KeySlices): void {
    if (key.state !== 'idle') return;
    key.state = 'wanted';
    this.#wanting.add(key);
    this.#onWork();
  }

  /** Takes out what the next report requests and returns, in about so many bytes. Null: nothing. */
  takeRequest(bytes: number): SliceRequest | null {
    if (this.#wanting.size === 0 && this.#returned.length === 0) return null;
    const keys = new Map<string, KeySlices>();
    const wantedMax = Math.max(1, Math.min(SLICES_MAX, Math.floor((bytes * WANTED_SHARE) / WANTED_BYTES)));
    for (const key of this.#wanting) {
      if (keys.size >= wantedMax) break;
      if (keys.has(key.hash)) continue;
      this.#wanting.delete(key);
      key.state = 'requested';
      keys.set(key.hash, key);
    }
    const requested = this.#now();
    const wanted = [...keys].map(([hash, key]) => ({ hash, count: key.wanted(requested.monotonic) }));
    const returned = this.#returned.splice(
      0,
      fitting(this.#returned.slice(0, SLICES_MAX), bytes * (1 - WANTED_SHARE)),
    );
    return { requested, wanted, returned, keys, stream: this.#stream };
  }

  get hasWork(): boolean {
    return this.#wanting.size > 0 || this.#returned.length > 0;
  }

  /** The server's answer to a request. */
  granted({ keys, requested, stream }: SliceRequest, grants: readonly SliceGrant[]): void {
    // The slices have ended with their stream, while the answer was on its way.
    if (stream !== this.#stream) return;
    const unanswered = new Set(keys.values());
    for (const grant of grants) {
      const key = keys.get(grant.hash);
      if (!key) continue;
      unanswered.delete(key);
      key.state = 'idle';
      this.#grant(key, grant, requested);
    }
    for (const key of unanswered) this.#fail(key, 'The server granted no part of a rate limit');
    for (const id of this.#recalled) this.#bySlice.get(id)?.remove(id, this.#giveBack);
    this.#recalled.clear();
    if (this.#isStopping) for (const key of keys.values()) key.remove(null, this.#giveBack);
    if (this.hasWork) this.#onWork();
  }

  #grant(key: KeySlices, grant: SliceGrant, requested: Moment): void {
    const now = this.#now();
    const { slice: id, granted, remaining, remainingMs } = grant;
    const resetAt = this.#clock.now() + remainingMs;
    if (granted === 0 || id === null) {
      key.deny(now.monotonic, resetAt, remainingMs);
      for (const one of key.waiting.splice(0)) one.resolve({ allowed: false, remaining: 0, resetAt });
      return;
    }
    const lifeMs = Math.min(SLICE_MS_MAX, remainingMs * CLOCK_MARGIN);
    const slice: Slice = {
      id,
      granted,
      elsewhere: remaining,
      resetAt,
      endsAt: requested.monotonic + lifeMs,
      endsAtByWall: requested.wall + lifeMs,
      // Another slice of a window that ends as soon would be of no use.
      renewAt: lifeMs < SLICE_MS_MAX ? Number.POSITIVE_INFINITY : requested.monotonic + lifeMs / 2,
      used: 0,
    };
    key.add(slice, requested.monotonic + remainingMs);
    this.#bySlice.set(id, key);
    while (key.waiting.length > 0) {
      const current = key.current(now, this.#giveBack);
      if (!current) return this.#want(key);
      key.waiting.shift()?.resolve(take(current));
    }
  }

  /** A request was not answered. What it returned is returned again, unless the server has refused it. */
  failed({ keys, returned, stream }: SliceRequest, reason: string, isRefused: boolean): void {
    if (stream !== this.#stream) return;
    for (const key of keys.values()) this.#fail(key, reason);
    // A slice counts once at the server. Those that it refuses count until they end.
    if (!isRefused) this.#returned.unshift(...returned);
  }

  #fail(key: KeySlices, reason: string): void {
    key.state = 'idle';
    const error = new VerifierUnavailableError(reason);
    for (const one of key.waiting.splice(0)) one.reject(error);
  }

  /** Returns slices that the server wants back. */
  recall(ids: readonly string[]): void {
    for (const id of ids) {
      const key = this.#bySlice.get(id);
      if (key) key.remove(id, this.#giveBack);
      else this.#recalled.add(id);
    }
    if (this.hasWork) this.#onWork();
  }

  /** Returns all slices, finally, or those that have ended. */
  giveBack(all: boolean): void {
    const now = this.#now();
    this.#isStopping ||= all;
    for (const [keyId, key] of this.#keys) {
      if (all && key.waiting.length === 0) {
        key.remove(null, this.#giveBack);
        if (this.#wanting.delete(key)) key.state = 'idle';
      } else key.removeEnded(now, this.#giveBack);
      if (key.isIdle) this.#keys.delete(keyId);
    }
    if (this.hasWork) this.#onWork();
  }

  /** The stream has ended, and all slices with it. */
  reset(): void {
    this.#stream += 1;
    for (const key of this.#keys.values()) {
      key.remove(null, () => {});
      this.#fail(key, 'The connection to the server was lost');
    }
    this.#keys.clear();
    this.#wanting.clear();
    this.#bySlice.clear();
    this.#recalled.clear();
    this.#returned = [];
  }

  #now(): Moment {
    return { monotonic: this.#clocks.monotonic(), wall: this.#clocks.wall() };
  }
}

function take(slice: Slice): RateLimitState {
  slice.used += 1;
  return { allowed: true, remaining: remainingOf(slice), resetAt: slice.resetAt };
}

function remainingOf({ granted, used, elsewhere }: Slice): number {
  return granted - used + elsewhere;
}
