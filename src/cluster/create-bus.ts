import { hostname } from 'node:os';
import type { Database } from '../../db/database.ts';
import type { Config } from '../core/config/config.ts';
import type { Log } from '../core/log.ts';
import { inProcessBus, type StartableBus } from './bus.ts';

/** The bus for this database: among nodes on PostgreSQL, within the process on SQLite. */
export async function createBus(
  { kysely: db, engine }: Pick<Database, 'kysely' | 'engine'>,
  { databaseUrl, cluster }: Pick<Config, 'databaseUrl' | 'cluster'>,
  log: Log,
): Promise<StartableBus> {
  if (engine === 'sqlite')
    return { ...inProcessBus(), start: async () => {}, stop: async () => {}, status: () => null };
  const { createPostgresBus } = await import('./postgres-bus.ts');
  const name = `${hostname()}:${process.pid}`;
  return createPostgresBus({
    db,
    log,
    listenUrl: cluster.listenUrl ?? databaseUrl,
    leaseMs: cluster.leaseMs,
    name,
  });
}
