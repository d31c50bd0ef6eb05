import type { Log } from '../../core/log.ts';
import { type Exchange, respondJson } from '../exchange.ts';

/** Reason why the server can't serve; null if it can. Rejects if that can't be determined. */
export type Readiness = () => Promise<string | null>;

/** Timeout of the database check, milliseconds. */
const PATIENCE_MS = 5_000;

/** Responds with 200 while the process runs. */
export function healthHandler() {
  return (exchange: Exchange): void => respondJson(exchange, 200, { status: 'ok' });
}

/**
 * Responds with 200 while the server can serve, otherwise with 503 and the reason. Concurrent probes share one check.
 */
export function readinessHandler(readiness: Readiness, log: Log) {
  let underWay: Promise<string | null> | null = null;
  return async (exchange: Exchange): Promise<void> => {
    underWay ??= check(readiness, log).finally(() => {
      underWay = null;
    });
    const reason = await underWay;
    if (reason === null) respondJson(exchange, 200, { status: 'ready' });
    else respondJson(exchange, 503, { status: 'unavailable', reason });
  };
}

async function check(readiness: Readiness, log: Log): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('the database does not respond in time'), PATIENCE_MS);
  });
  try {
    return await Promise.race([readiness(), late]);
  } catch (error) {
    // The driver's message may contain hosts and users.
    log.warn('the database is unreachable', { error });
    return 'the database is unreachable';
  } finally {
    clearTimeout(timer);
  }
}
