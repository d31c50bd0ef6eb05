import type { RateLimitState } from '../../core/rate-limit-state.ts';
import type { RateLimiter } from '../../verification/services.ts';
import { RECALL_MS } from './slices.ts';

/** How often slices are recalled for one verification: others may take what was returned. */
const RECALLS_MAX = 3;

/**
 * Recalls the slices of a key. Resolves with whether there were any, when they were returned or can't be waited for
 * any longer. Null: there are none.
 */
export type Recall = (keyId: string) => Promise<boolean> | null;

/**
 * The same limiter, which denies only after verifiers have returned what they hold of the key's window, but waits for
 * them at most 300 ms.
 */
export function recallingLimiter<Limiter extends RateLimiter>(limiter: Limiter, recall: Recall): Limiter {
  return {
    ...limiter,
    take(keyId, limit, windowSeconds) {
      const state = limiter.take(keyId, limit, windowSeconds);
      const take = () => limiter.take(keyId, limit, windowSeconds);
      if (state instanceof Promise) return state.then((known) => again(known, keyId, take));
      return again(state, keyId, take);
    },
  };

  function again(
    state: RateLimitState,
    keyId: string,
    take: () => RateLimitState | Promise<RateLimitState>,
  ): RateLimitState | Promise<RateLimitState> {
    const recalled = state.allowed ? null : recall(keyId);
    return recalled ? takeReturned(state, recalled, keyId, take) : state;
  }

  async function takeReturned(
    denied: RateLimitState,
    first: Promise<boolean>,
    keyId: string,
    take: () => RateLimitState | Promise<RateLimitState>,
  ): Promise<RateLimitState> {
    let timer: NodeJS.Timeout | undefined;
    const end = new Promise<true>((resolve) => {
      // What is returned until then counts.
      timer = setTimeout(() => resolve(true), RECALL_MS);
    });
    const endsAt = performance.now() + RECALL_MS;
    let state = denied;
    let recalled: Promise<boolean> | null = first;
    for (let left = RECALLS_MAX; recalled; left -= 1) {
      if (!(await Promise.race([recalled, end]))) break;
      state = await take();
      const isOver = state.allowed || left === 1 || performance.now() >= endsAt;
      recalled = isOver ? null : recall(keyId);
    }
    clearTimeout(timer);
    return state;
  }
}
