import type { Services } from '../context.ts';
import { pruneAuditLog } from './prune-audit-log.ts';

const HOUR_MS = 3_600_000;

/** Deletes entries older than the retention period, once an hour. Returns a function that stops it. */
export function startAuditRetention(
  services: Pick<Services, 'db' | 'unhurried' | 'clock' | 'config' | 'log'>,
): () => Promise<void> {
  let stopped = false;
  const prune = (): Promise<void> =>
    pruneAuditLog(services, () => stopped).then(
      (count) => {
        if (count > 0) services.log.info('Old audit log entries were removed', { count });
      },
      (error) => services.log.warn('The audit log could not be pruned and will be retried', { error }),
    );
  let running = prune();
  // Runs don't overlap: the first one may take longer than an hour.
  const timer = setInterval(() => {
    running = running.then(prune);
  }, HOUR_MS).unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}
