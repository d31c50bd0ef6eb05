import type { RateLimitState } from '../../core/rate-limit-state.ts';
import type { RateLimiter } from '../../verification/services.ts';
import type { Slices } from './slices.ts';

/** How often slices are recalled for one verification: others may take what was returned. */
const RECALLS_MAX = 3;

/** The same limiter, which denies only after verifiers have returned what they hold of the key's window. */
export function recallingLimiter<Limiter extends RateLimiter>(limiter: Limiter, slices: Slices): Limiter {
  return {
    ...limiter,
    take(keyId, limit, windowSeconds) {
      const state = limiter.take(keyId, limit, windowSeconds);
      const take = () => limiter.take(keyId, limit, windowSeconds);
      if (state instanceof Promise) return state.then((known) => again(known, keyId, take));
      return state.allowed ? state : again(state, keyId, take);
    },
  };

  function again(
    state: RateLimitState,
    keyId: string,
    take: () => RateLimitState | Promise<RateLimitState>,
    left = RECALLS_MAX,
  ): RateLimitState | Promise<RateLimitState> {
    const recalled = state.allowed || left === 0 ? null : slices.recall(keyId);
    return recalled ? recalled.then(take).then((next) => again(next, keyId, take, left - 1)) : state;
  }
}
