import type { Services } from '../context.ts';
import { inProcessRateLimiter } from '../verification/rate-limit.ts';
import type { LedgerRateLimiter } from './ledger-rate-limit.ts';
import type { SharedRateLimiter } from './redis-rate-limit.ts';

/** A limiter with a life cycle: its owner starts and stops it. */
export interface StartableRateLimiter extends Omit<SharedRateLimiter, 'status'> {
  /** Null for a limiter that counts per node by design. */
  status(): ReturnType<SharedRateLimiter['status']> | null;
}

/** The file in which all processes of a node count. */
export interface LimitsFile {
  readonly path: string;
  /** Whether this process starts the others, and prepares the file. */
  readonly isOwner: boolean;
}

/**
 * The configured limiter: in Redis if REDIS_URL is set, otherwise in the file, if there are several processes, or in
 * memory. `spansNodes` tells whether there may be other nodes.
 */
export async function createRateLimiter(
  { clock, log, config }: Pick<Services, 'clock' | 'log' | 'config'>,
  { spansNodes, limitsFile }: { readonly spansNodes: boolean; readonly limitsFile: LimitsFile | null },
): Promise<StartableRateLimiter> {
  const { redisUrl } = config.cluster;
  if (redisUrl) {
    const { redisRateLimiter } = await import('./redis-rate-limit.ts');
    return redisRateLimiter(redisUrl, inProcessRateLimiter(clock), { clock, log });
  }
  const shared = limitsFile && (await openLimits(limitsFile, { clock, log }));
  return {
    ...(shared ?? inProcessRateLimiter(clock)),
    start: async () => {
      if (spansNodes && limitsFile?.isOwner !== false)
        log.info('Rate limits are counted per node. Set REDIS_URL to share them between nodes');
    },
    stop: async () => shared?.close(),
    status: () => null,
  };
}

/** Null if the file can't be used: each process counts for itself then. */
async function openLimits(
  file: LimitsFile,
  { clock, log }: Pick<Services, 'clock' | 'log'>,
): Promise<LedgerRateLimiter | null> {
  try {
    // The driver of SQLite may be missing where only PostgreSQL is used.
    const { ledgerRateLimiter } = await import('./ledger-rate-limit.ts');
    return ledgerRateLimiter({ ...file, clock, log });
  } catch (error) {
    log.warn(`Rate limits are counted by each process because ${file.path} can't be used`, { error });
    return null;
  }
}
