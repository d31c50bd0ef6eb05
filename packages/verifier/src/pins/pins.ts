import type { Stale } from '../../../../src/cluster/stale.ts';
import type { Clock } from '../../../../src/core/clock.ts';
import { firstRefusal } from '../../../../src/verification/first-refusal.ts';
import type { KeyLookup, VerifiableKey } from '../../../../src/verification/services.ts';
import type { EmbeddedKey } from '../keys/embedded-key.ts';
import type { EmbeddedRequest } from '../requirements.ts';
import type { InvalidCode, OnInvalidOptions } from '../types.ts';
import type { Pin, PinnedKey } from './pin.ts';
import { PinTimer } from './pin-timer.ts';

/** After a look-up failed although there is a connection, milliseconds. */
const RETRY_MS = 500;

/** Verdicts that are watched: each callback is called once, when its key would no longer be accepted. */
export class Pins {
  readonly #keys: KeyLookup;
  readonly #clock: Clock;
  readonly #isConnected: () => boolean;
  readonly #byHash = new Map<string, PinnedKey>();
  readonly #timer = new PinTimer(() => this.#onTime());
  /** When the lease ended, `performance.now()`; null while there is one. */
  #disconnectedAt: number | null = null;

  constructor(keys: KeyLookup, clock: Clock, isConnected: () => boolean) {
    this.#keys = keys;
    this.#clock = clock;
    this.#isConnected = isConnected;
  }

  /** Watches a key with the requirements of its verdict. Returns a function that ends it. */
  add(
    key: EmbeddedKey,
    request: EmbeddedRequest,
    callback: (code: InvalidCode) => void,
    options: OnInvalidOptions,
  ): () => void {
    const { permissions, anyPermissions, teamId, environment, ip, organizationId } = request;
    const pin: Pin = {
      // Copies: the application may change its lists.
      permissions: [...permissions],
      anyPermissions: [...anyPermissions],
      ...{ teamId, environment, ip, organizationId, callback },
      disconnectedMs: readDisconnected(options.disconnectedMs),
    };
    const pinned = this.#pinned(key);
    pinned.pins.add(pin);
    // The key may have changed since its verdict. Not at once: the caller doesn't have the function to release it yet,
    // and one that registers again in its callback must not keep other work from running.
    setImmediate(() => void this.#evaluate(pinned));
    this.#watchConnection();
    return () => this.#remove(pinned, pin);
  }

  #pinned({ hash, keyId, organizationId, expiresAt }: EmbeddedKey): PinnedKey {
    const known = this.#byHash.get(hash);
    if (known) return known;
    const pinned: PinnedKey = {
      ...{ hash, keyId, organizationId, expiresAt },
      pins: new Set(),
      isStale: true,
      evaluating: null,
    };
    this.#byHash.set(hash, pinned);
    return pinned;
  }

  #remove(pinned: PinnedKey, pin: Pin): void {
    pinned.pins.delete(pin);
    if (pinned.pins.size === 0 && this.#byHash.get(pinned.hash) === pinned) this.#byHash.delete(pinned.hash);
  }

  /** A change. If pinned keys are concerned, resolves when their callbacks have been called. */
  apply({ organizationId, keyIds }: Stale): Promise<unknown> | undefined {
    const concerned: PinnedKey[] = [];
    for (const pinned of this.#byHash.values()) {
      const isConcerned =
        organizationId === null ||
        (organizationId === pinned.organizationId && (keyIds === null || keyIds.includes(pinned.keyId)));
      if (isConcerned) concerned.push(pinned);
    }
    for (const pinned of concerned) pinned.isStale = true;
    if (concerned.length === 0 || organizationId === null) return undefined;
    return Promise.all(concerned.map((pinned) => this.#evaluate(pinned)));
  }

  /** There is a lease, after a time without one. */
  connected(): void {
    this.#disconnectedAt = null;
    for (const pinned of this.#byHash.values()) if (pinned.isStale) void this.#evaluate(pinned);
  }

  /** The server's clock, as it is known here, may have been set. */
  clockChanged(): void {
    for (const { expiresAt } of this.#byHash.values()) this.#timer.within(expiresAt - this.#clock.now());
  }

  /** The lease has ended. */
  disconnected(): void {
    this.#disconnectedAt ??= performance.now();
    this.#watchConnection();
  }

  /** Ends all. */
  stop(): void {
    this.#byHash.clear();
    this.#timer.stop();
  }

  /** Looks the key up once for all its pins, and again if it changes meanwhile. Never rejects. */
  #evaluate(pinned: PinnedKey): Promise<void> {
    pinned.evaluating ??= this.#look(pinned).finally(() => {
      pinned.evaluating = null;
    });
    return pinned.evaluating;
  }

  async #look(pinned: PinnedKey): Promise<void> {
    try {
      do {
        pinned.isStale = false;
        const deciding = this.#keys.withKey(pinned.hash, (key) => this.#decide(pinned, key));
        if (deciding instanceof Promise) await deciding;
      } while (pinned.isStale && pinned.pins.size > 0);
    } catch {
      // Without a connection, the next lease leads to another attempt.
      pinned.isStale = true;
      this.#timer.within(RETRY_MS);
    }
  }

  #decide(pinned: PinnedKey, key: VerifiableKey | null): void {
    const now = this.#clock.now();
    for (const pin of [...pinned.pins]) {
      const refusal =
        !key || (pin.organizationId !== null && key.organizationId !== pin.organizationId)
          ? 'NOT_FOUND'
          : firstRefusal(key, pin, pin.ip, now)?.[0];
      if (refusal) this.#fire(pinned, pin, refusal as InvalidCode);
    }
    if (!key || pinned.pins.size === 0) return;
    pinned.expiresAt = key.expiresAt;
    this.#timer.within(key.expiresAt - now);
  }

  #fire(pinned: PinnedKey, pin: Pin, code: InvalidCode): void {
    if (!pinned.pins.has(pin)) return;
    // Before the call, which may lead to another evaluation.
    this.#remove(pinned, pin);
    call(pin.callback, code);
  }

  /** A key may have expired, a deadline of a disconnection may have passed, or a look-up is to be repeated. */
  #onTime(): void {
    const now = this.#clock.now();
    for (const pinned of [...this.#byHash.values()]) {
      const hasExpired = pinned.expiresAt <= now;
      if ((hasExpired || pinned.isStale) && this.#isConnected()) void this.#evaluate(pinned);
      // Whether it was extended meanwhile can't be found out.
      else if (hasExpired) for (const pin of [...pinned.pins]) this.#fire(pinned, pin, 'EXPIRED');
      else this.#timer.within(pinned.expiresAt - now);
    }
    this.#watchConnection();
  }

  #watchConnection(): void {
    if (!this.#isConnected()) this.#disconnectedAt ??= performance.now();
    const since = this.#disconnectedAt;
    if (since === null) return;
    const waited = performance.now() - since;
    for (const pinned of [...this.#byHash.values()])
      for (const pin of [...pinned.pins]) {
        if (pin.disconnectedMs === null) continue;
        if (waited < pin.disconnectedMs) this.#timer.within(pin.disconnectedMs - waited);
        else this.#fire(pinned, pin, 'UNAVAILABLE');
      }
  }
}

/** Calls a callback of the application. What it throws is its own. */
export function call(callback: (code: InvalidCode) => void, code: InvalidCode): void {
  try {
    const result: unknown = callback(code);
    if (result instanceof Promise) result.catch(() => {});
  } catch {
    // The other callbacks have to be called.
  }
}

function readDisconnected(milliseconds: number | undefined): number | null {
  if (milliseconds === undefined) return null;
  if (!(milliseconds >= 0)) throw new TypeError('disconnectedMs: must be a number, 0 or more');
  return milliseconds;
}
