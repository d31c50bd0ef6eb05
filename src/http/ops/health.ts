import type { Log } from '../../core/log.ts';
import { type Exchange, respondJson } from '../exchange.ts';

/** What is in the way of serving: null if nothing does. Rejects where that can't be found out. */
export type Readiness = () => Promise<string | null>;

/** How long a probe waits for the database, milliseconds. */
const PATIENCE_MS = 5_000;

/** Answers 200 while the process runs. */
export function healthHandler() {
  return (exchange: Exchange): void => respondJson(exchange, 200, { status: 'ok' });
}

/** Answers 200 while the server can serve, else 503 with the reason. Probes at the same time share one check. */
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
    // What the driver says may name hosts and users.
    log.warn('the database is unreachable', { error });
    return 'the database is unreachable';
  } finally {
    clearTimeout(timer);
  }
}
