import { pruneAuditLog } from './audit/prune-audit-log.ts';
import type { Services } from './context.ts';
import { pruneDenials } from './denials/prune-denials.ts';
import { pruneAnswers } from './idempotency/prune-answers.ts';
import { pruneVerifiers } from './verifiers/verifier-rows.ts';

const HOUR_MS = 3_600_000;

/** What is removed, as the log names it. */
const KINDS = {
  'audit log entries': pruneAuditLog,
  'denied verifications': pruneDenials,
  'idempotency keys': pruneAnswers,
  verifiers: pruneVerifiers,
} as const;

/** Removes rows past their retention period, once an hour. Returns a function that stops it. */
export function startRetention(
  services: Pick<Services, 'db' | 'unhurried' | 'clock' | 'config' | 'log'>,
): () => Promise<void> {
  const { log } = services;
  let stopped = false;
  const pruneAll = async (): Promise<void> => {
    for (const [rows, prune] of Object.entries(KINDS))
      try {
        const count = await prune(services, () => stopped);
        if (count > 0) log.info(`Old ${rows} were removed`, { count });
      } catch (error) {
        log.warn(`Old ${rows} could not be removed and will be retried`, { error });
      }
  };
  let running = pruneAll();
  // Runs don't overlap: the first one may take longer than an hour.
  const timer = setInterval(() => {
    running = running.then(pruneAll);
  }, HOUR_MS).unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}
