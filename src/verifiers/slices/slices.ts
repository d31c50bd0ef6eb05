import { withMargin } from '../../cluster/nodes.ts';
import type { RateLimiter, Reservation } from '../../verification/services.ts';
import type { VerifierStream } from '../stream/verifier-stream.ts';

/** A verifier uses a slice for at most this long, and this share of the window's rest. */
const USABLE = { mostMs: 10_000, share: 0.98 };

/** For how long an unusable slice can be returned, milliseconds. */
const RETURNABLE_MS = 10_000;

/** How long a denial waits for slices that were recalled, milliseconds. */
export const RECALL_MS = 300;

/**
 * A slice holds at most this share of the limit, or this many times what the verifier has recently used in five seconds, or
 * this many, whichever is most. A verifier holds at most so many of them of each key, and then gets one at a time.
 */
const MOST = { share: 0.01, uses: 2, least: 10, held: 2 };

/** Maximum number of slices of a key that a verifier can hold. A package that follows the protocol holds two or three. */
const HELD_MAX = 16;

/** With fewer slices than this, ended ones are not removed. */
const SWEEP_MIN = 1_024;

/** A part of a key's window that was handed out to a verifier. Times are of `performance.now()`. */
interface Slice {
  readonly id: string;
  readonly stream: VerifierStream;
  readonly keyId: string;
  readonly window: string;
  readonly granted: number;
  /** When the verifier can no longer use it, at the latest. */
  readonly usableUntil: number;
  /** Whether it was recalled in vain: nothing waits for it again. */
  isLost: boolean;
}

/** The slices of rate limits that the verifiers of this server hold. Their sum is counted in full by the limiter. */
export class Slices {
  readonly #slices = new Map<string, Slice>();
  readonly #byKey = new Map<string, Map<VerifierStream, Set<Slice>>>();
  #last = 0;
  /** What waits for the slices of a key. */
  readonly #recalls = new Map<string, { readonly done: Promise<true>; returned(slice: Slice): void }>();
  #sweepAt = SWEEP_MIN;

  /** Number of slices that are neither returned nor ended. */
  get size(): number {
    return this.#slices.size;
  }

  /** How much of a key's limit a verifier can get at once, at least one. 0: it holds too many slices of the key. */
  most(stream: VerifierStream, keyId: string, limit: number): number {
    const now = performance.now();
    let [held, count] = [0, 0];
    for (const slice of this.#byKey.get(keyId)?.get(stream) ?? [])
      if (slice.usableUntil > now) [held, count] = [held + slice.granted, count + 1];
      else if (slice.usableUntil + RETURNABLE_MS <= now) this.#remove(slice);
    if (count >= HELD_MAX) return 0;
    const uses = MOST.uses * stream.keyUses.recent(keyId, now);
    const most = Math.max(MOST.least, Math.floor(limit * MOST.share), uses);
    return Math.max(1, Math.min(most, MOST.held * most - held));
  }

  /** Hands out a reservation, of which `remainingMs` of its window are left. Returns the slice's id. */
  add(stream: VerifierStream, keyId: string, { window, granted }: Reservation, remainingMs: number): string {
    if (this.#slices.size >= this.#sweepAt) this.#sweep();
    this.#last += 1;
    const usableMs = Math.min(USABLE.mostMs, remainingMs * USABLE.share);
    const slice: Slice = {
      ...{ stream, keyId, window, granted },
      // Others can't use it: a slice is its stream's.
      id: String(this.#last),
      usableUntil: performance.now() + withMargin(usableMs),
      isLost: false,
    };
    this.#slices.set(slice.id, slice);
    stream.slices.add(slice.id);
    const holders = this.#byKey.get(keyId) ?? new Map<VerifierStream, Set<Slice>>();
    this.#byKey.set(keyId, holders);
    const own = holders.get(stream) ?? new Set();
    holders.set(stream, own.add(slice));
    return slice.id;
  }

  /** A verifier returns a slice of which it has used this many. Without effect if it isn't its own, or was returned. */
  async giveBack(
    limiter: Pick<RateLimiter, 'release'>,
    stream: VerifierStream,
    id: string,
    used: number,
  ): Promise<void> {
    const slice = this.#slices.get(id);
    if (slice?.stream !== stream) return;
    // Before anything is awaited: it counts once.
    this.#slices.delete(id);
    stream.slices.delete(id);
    const counted = Math.min(slice.granted, Math.max(0, used));
    stream.keyUses.add(slice.keyId, counted, performance.now());
    const unused = slice.granted - counted;
    try {
      if (unused > 0) await limiter.release(slice.keyId, slice.window, unused);
    } finally {
      this.#forget(slice);
    }
  }

  /** A stream has ended, and its slices with it. What its verifier has not returned counts until the windows end. */
  ended(stream: VerifierStream): void {
    for (const id of stream.slices) {
      const slice = this.#slices.get(id);
      if (slice) this.#remove(slice);
    }
  }

  /**
   * Recalls the slices of a key that verifiers hold, except this one, and resolves when they were returned, but within
   * 300 ms. Null: there are none.
   */
  recall(keyId: string, except: VerifierStream | null = null): Promise<true> | null {
    // Also those that have ended and were not returned: the rest of them can be used by others.
    const held: Slice[] = [];
    for (const [stream, slices] of this.#byKey.get(keyId) ?? [])
      if (stream !== except) for (const slice of slices) if (!slice.isLost) held.push(slice);
    if (held.length === 0) return null;
    const known = this.#recalls.get(keyId);
    if (known) return known.done;
    const recall = this.#wait(keyId, held);
    const byStream = new Map<VerifierStream, string[]>();
    for (const { stream, id } of held) byStream.set(stream, [...(byStream.get(stream) ?? []), id]);
    for (const [stream, ids] of byStream) stream.send({ type: 'recall', slices: ids });
    return recall;
  }

  #wait(keyId: string, held: readonly Slice[]): Promise<true> {
    let finish = (): void => {};
    const done = new Promise<true>((resolve) => {
      finish = () => resolve(true);
    });
    const waiting = new Set(held);
    const end = (): void => {
      clearTimeout(timer);
      this.#recalls.delete(keyId);
      for (const slice of waiting) slice.isLost = true;
      finish();
    };
    const timer = setTimeout(end, RECALL_MS);
    const returned = (slice: Slice): void => {
      waiting.delete(slice);
      if (waiting.size === 0) end();
    };
    this.#recalls.set(keyId, { done, returned });
    return done;
  }

  #remove(slice: Slice): void {
    this.#slices.delete(slice.id);
    slice.stream.slices.delete(slice.id);
    this.#forget(slice);
  }

  #forget(slice: Slice): void {
    const { keyId, stream } = slice;
    const holders = this.#byKey.get(keyId);
    const own = holders?.get(stream);
    own?.delete(slice);
    if (own?.size === 0) holders?.delete(stream);
    if (holders?.size === 0) this.#byKey.delete(keyId);
    this.#recalls.get(keyId)?.returned(slice);
  }

  #sweep(): void {
    const now = performance.now();
    for (const slice of this.#slices.values())
      if (slice.usableUntil + RETURNABLE_MS <= now) this.#remove(slice);
    this.#sweepAt = Math.max(SWEEP_MIN, this.#slices.size * 2);
  }
}
