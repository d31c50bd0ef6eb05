import type { Services } from '../context.ts';
import { inProcessRateLimiter } from '../verification/rate-limit.ts';
import type { SharedRateLimiter } from './redis-rate-limit.ts';

/** A limiter with a life cycle: its owner starts and stops it. */
export interface StartableRateLimiter extends Omit<SharedRateLimiter, 'status'> {
  /** Null for a limiter that counts per node by design. */
  status(): ReturnType<SharedRateLimiter['status']> | null;
}

/** The configured limiter: in Redis if REDIS_URL is set, otherwise in memory. */
export async function createRateLimiter(
  { clock, log, config }: Pick<Services, 'clock' | 'log' | 'config'>,
  spansNodes: boolean,
): Promise<StartableRateLimiter> {
  const own = inProcessRateLimiter(clock);
  const { redisUrl } = config.cluster;
  if (redisUrl) {
    const { redisRateLimiter } = await import('./redis-rate-limit.ts');
    return redisRateLimiter(redisUrl, own, { clock, log });
  }
  return {
    ...own,
    start: async () => {
      if (spansNodes) log.info('Rate limits are counted per node. Set REDIS_URL to share them between nodes');
    },
    stop: async () => {},
    status: () => null,
  };
}
