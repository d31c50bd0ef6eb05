import { createClient } from '@redis/client';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { RateLimitState } from '../core/rate-limit-state.ts';
import type { RateLimiter, Reservation } from '../verification/services.ts';

/** Timeout of a verification's request to Redis, milliseconds. */
const PATIENCE_MS = 250;

/** Timeout for Redis at start-up, milliseconds. */
const CONNECT_PATIENCE_MS = 2_000;

/** After a failure, interval in which one verification retries Redis, milliseconds. */
const RETRY_MS = 1_000;

const RECONNECT_MS = { first: 50, most: 2_000 };

/** A window in Redis, and this node's own. */
interface SharedWindow {
  readonly name: string;
  /** By the monotonic clock of this node. */
  readonly endsAt: number;
  readonly own: string;
}

/** A limiter shared by all nodes. Its owner starts and stops it. */
export interface SharedRateLimiter extends RateLimiter {
  /** Starts connecting. Resolves when connected or after a timeout; it keeps retrying. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether the last response came from Redis, and the number of fallbacks. */
  status(): { readonly shared: boolean; readonly fallbacks: number };
}

/**
 * Counts in Redis or Valkey, exactly and for all nodes. If Redis does not respond in time, the limit applies to what
 * this node has accepted (`own`) until it responds again.
 */
export function redisRateLimiter(
  url: string,
  own: RateLimiter,
  {
    clock,
    log,
    patienceMs = PATIENCE_MS,
  }: { readonly clock: Clock; readonly log: Log; readonly patienceMs?: number },
): SharedRateLimiter {
  const client = createClient({
    url,
    // Prefer the node's own count to a late response of Redis.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_PATIENCE_MS,
      reconnectStrategy: (retries) => {
        const longest = Math.min(RECONNECT_MS.most, RECONNECT_MS.first * 2 ** Math.min(retries, 10));
        return longest * (0.5 + Math.random() / 2);
      },
    },
  });
  // Each failed connection attempt is reported here. Failures are logged when a verification can't reach Redis.
  client.on('error', () => {});
  const counts = new RateLimiterRedis({
    storeClient: client,
    useRedisPackage: true,
    points: Number.MAX_SAFE_INTEGER,
    duration: 1,
    keyPrefix: 'keywright',
  });
  let failedAt = Number.NEGATIVE_INFINITY;
  let shared = true;
  let fallbacks = 0;

  const ask = async (
    request: () => Promise<{ consumedPoints: number; msBeforeNext: number } | null>,
  ): Promise<{ consumedPoints: number; msBeforeNext: number } | null | undefined> => {
    const now = performance.now();
    if (!shared && now - failedAt < RETRY_MS) return undefined;
    // Only one verification retries. The others use the node's own count.
    if (!shared) failedAt = now;
    try {
      const answer = await inTime(request(), patienceMs);
      if (!shared) log.info('Rate limits are counted in Redis again');
      shared = true;
      return answer;
    } catch (error) {
      if (shared) log.warn('Redis does not respond; rate limits are counted per node', { error });
      shared = false;
      failedAt = now;
      return undefined;
    }
  };

  /** Redis would start a window with a negative count if this one had just ended. */
  const giveBack = async ({ name, endsAt }: SharedWindow, unused: number): Promise<void> => {
    if (clock.monotonic() < endsAt - patienceMs) await ask(() => counts.reward(name, unused));
  };

  return {
    async take(keyId, limit, windowSeconds): Promise<RateLimitState> {
      const alone = await own.take(keyId, limit, windowSeconds);
      const name = nameOf(keyId, limit, windowSeconds);
      const answer = await ask(() => counts.penalty(name, 1, { customDuration: windowSeconds }));
      if (!answer) {
        fallbacks += 1;
        return alone;
      }
      const { consumedPoints, msBeforeNext } = answer;
      return {
        allowed: consumedPoints <= limit,
        remaining: Math.max(0, limit - consumedPoints),
        resetAt: clock.now() + msBeforeNext,
      };
    },
    async peek(keyId, limit, windowSeconds): Promise<RateLimitState> {
      const answer = await ask(() => counts.get(nameOf(keyId, limit, windowSeconds)));
      if (answer === undefined) {
        fallbacks += 1;
        return own.peek(keyId, limit, windowSeconds);
      }
      const remaining = Math.max(0, limit - (answer?.consumedPoints ?? 0));
      const resetAt = clock.now() + (answer?.msBeforeNext ?? windowSeconds * 1000);
      return { allowed: remaining > 0, remaining, resetAt };
    },
    async reserve(keyId, limit, windowSeconds, want): Promise<Reservation> {
      const alone = await own.reserve(keyId, limit, windowSeconds, want);
      const name = nameOf(keyId, limit, windowSeconds);
      const answer = await ask(() => counts.penalty(name, want, { customDuration: windowSeconds }));
      if (!answer) {
        fallbacks += 1;
        return alone;
      }
      const { consumedPoints, msBeforeNext } = answer;
      const granted = Math.max(0, Math.min(want, want - (consumedPoints - limit)));
      const endsAt = clock.monotonic() + msBeforeNext;
      const shared = { name, endsAt, own: alone.window };
      if (granted < want) await giveBack(shared, want - granted);
      return {
        granted,
        remaining: Math.max(0, limit - consumedPoints),
        resetAt: clock.now() + msBeforeNext,
        window: JSON.stringify(shared),
      };
    },
    async release(keyId, window, unused): Promise<void> {
      if (!window.startsWith('{')) return own.release(keyId, window, unused);
      const shared = JSON.parse(window) as SharedWindow;
      await own.release(keyId, shared.own, unused);
      await giveBack(shared, unused);
    },
    async start() {
      await inTime(client.connect(), CONNECT_PATIENCE_MS).catch((error) => {
        if (shared) log.warn('Redis does not respond; rate limits are counted per node', { error });
        shared = false;
      });
    },
    async stop() {
      if (client.isOpen) client.destroy();
    },
    status: () => ({ shared, fallbacks }),
  };
}

/** A changed limit starts a new window. */
function nameOf(keyId: string, limit: number, windowSeconds: number): string {
  return `${keyId}:${limit}:${windowSeconds}`;
}

async function inTime<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No response within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
    answer.catch(() => {});
  }
}
