import { randomUUID } from 'node:crypto';
import { systemPrincipal } from '../access/principal.ts';
import { createApp } from '../app.ts';
import type { Context } from '../context.ts';
import { parseConfig } from '../core/config/config.ts';
import { createLog } from '../core/log.ts';
import type { ServerServices } from '../graphql/context.ts';
import { type Io, linesTo } from './io.ts';
import { openMigrated } from './open-database.ts';

type CommandLineContext = ServerServices & Context;

/** Context of an operation: the services, the caller and the client. */
export function commandLineContext(services: ServerServices): CommandLineContext {
  return {
    ...services,
    principal: systemPrincipal('cli'),
    client: { id: randomUUID(), ip: null, userAgent: null },
  };
}

/**
 * Runs `work` on the configured database after migrating it, also while a server is running. Rejects with what `work`
 * rejects with, with ConfigError, or if the database can't be used.
 */
export async function withContext<T>(io: Io, work: (ctx: CommandLineContext) => Promise<T>): Promise<T> {
  const config = parseConfig(io.env);
  const named = { url: config.databaseUrl, setting: 'DATABASE_URL' };
  const { database } = await openMigrated(named, linesTo(io.stderr));
  try {
    const log = createLog(config.logLevel, (line) => io.stderr.write(line));
    const app = await createApp(config, { database, log });
    try {
      return await work(commandLineContext(app.services));
    } finally {
      await app.stop();
    }
  } finally {
    await database.close();
  }
}
