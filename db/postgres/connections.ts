import type pg from 'pg';
import { DatabaseOutageError } from '../outages.ts';
import type { ConnectionSource } from './dialect.ts';

/** Minimum time between two replacements of all connections, milliseconds. */
const REPLACE_EVERY_MS = 1_000;

/** How long a full disk is reported after a change failed because of it, milliseconds. */
const FULL_MS = 10_000;

/** Connections for changes. They are replaced if the server turns out to be read-only. */
export interface ChangingConnections extends ConnectionSource {
  /** The last change's outage that a small test change may not reproduce, or null. */
  recentOutage(): DatabaseOutageError | null;
}

/**
 * Whether a connection is read-only is decided when it is opened, and after a failover its server may have become a
 * standby. All connections opened before a change failed as read-only are therefore replaced.
 */
export function changingConnections(pool: pg.Pool): ChangingConnections {
  const openedAt = new WeakMap<pg.PoolClient, number>();
  let validFrom = Number.NEGATIVE_INFINITY;
  let full: { readonly error: DatabaseOutageError; readonly at: number } | null = null;
  pool.on('connect', (client) => void openedAt.set(client, performance.now()));
  return {
    async connect() {
      for (;;) {
        const client = await pool.connect();
        if ((openedAt.get(client) ?? validFrom) >= validFrom) return client;
        client.release(true);
      }
    },
    failed(error) {
      if (!(error instanceof DatabaseOutageError)) return;
      const at = performance.now();
      if (error.outage === 'readOnly' && at - validFrom > REPLACE_EVERY_MS) validFrom = at;
      if (error.outage === 'full') full = { error, at };
    },
    recentOutage: () => (full && performance.now() - full.at < FULL_MS ? full.error : null),
    end: () => pool.end(),
  };
}
