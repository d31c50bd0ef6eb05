import type { Services } from '../context.ts';
import { pruneAuditLog } from './prune-audit-log.ts';

const HOUR_MS = 3_600_000;

/** Keeps the log to the age that the operator wants, once an hour. Returns how to stop. */
export function startAuditRetention(
  services: Pick<Services, 'db' | 'clock' | 'config' | 'log'>,
): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const prune = (): void => {
    running = pruneAuditLog(services).then(
      (count) => {
        if (count > 0) services.log.info('old entries of the audit log were removed', { count });
      },
      (error) => services.log.warn('The audit log could not be pruned; it is tried again', { error }),
    );
  };
  prune();
  const timer = setInterval(prune, HOUR_MS).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
