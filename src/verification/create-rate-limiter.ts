import type { Services } from '../context.ts';
import { inProcessRateLimiter } from './rate-limit.ts';
import type { SharedRateLimiter } from './redis-rate-limit.ts';

/** A limiter that has to be started, and stopped by whoever did. */
export interface StartableRateLimiter extends Omit<SharedRateLimiter, 'status'> {
  /** Null if it counts for this node alone, as it is meant to. */
  status(): ReturnType<SharedRateLimiter['status']> | null;
}

/** The limiter of the configuration: in Redis where there is one, else in memory. */
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
      if (spansNodes) log.info('Rate limits are counted per node; set REDIS_URL to share them between nodes');
    },
    stop: async () => {},
    status: () => null,
  };
}
