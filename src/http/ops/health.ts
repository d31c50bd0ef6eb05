import { UnavailableError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { type Exchange, respondJson } from '../exchange.ts';

/** Reason why the server can't serve; null if it can. Rejects with UnavailableError if the database is unavailable. */
export type Readiness = (scope: ReadinessScope) => Promise<string | null>;

/** `verify`: reads and verification only, which work even if changes can't be saved. */
export const READINESS_SCOPES = ['all', 'verify'] as const;

export type ReadinessScope = (typeof READINESS_SCOPES)[number];

/** Timeout of the database check, milliseconds. */
const PATIENCE_MS = 5_000;

/** Responds with 200 while the process runs. */
export function healthHandler() {
  return (exchange: Exchange): void => respondJson(exchange, 200, { status: 'ok' });
}

/**
 * Responds with 200 while the server can serve, otherwise with 503 and the reason. With `?scope=verify`, it needn't be able
 * to save changes. Concurrent probes of a scope share one check.
 */
export function readinessHandler(readiness: Readiness, log: Log) {
  const underWay = new Map<ReadinessScope, Promise<string | null>>();
  return async (exchange: Exchange): Promise<void> => {
    const scope = new URLSearchParams(exchange.query).get('scope') === 'verify' ? 'verify' : 'all';
    const shared = underWay.get(scope);
    const checking = shared ?? check(() => readiness(scope), log).finally(() => underWay.delete(scope));
    underWay.set(scope, checking);
    const reason = await checking;
    if (reason === null) respondJson(exchange, 200, { status: 'ready' });
    else respondJson(exchange, 503, { status: 'unavailable', reason });
  };
}

async function check(readiness: () => Promise<string | null>, log: Log): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('the database does not respond in time'), PATIENCE_MS);
  });
  try {
    return await Promise.race([readiness(), late]);
  } catch (error) {
    log.warn('The server is not ready', { error });
    // The driver's message may contain hosts and users.
    const { message } = error instanceof UnavailableError ? error : new Error('The database is unreachable');
    return message.charAt(0).toLowerCase() + message.slice(1);
  } finally {
    clearTimeout(timer);
  }
}
