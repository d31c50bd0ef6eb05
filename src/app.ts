import type { Plugin } from 'graphql-yoga';
import { migrate, migrationProblem } from '../db/migrate.ts';
import { type Database, openDatabase } from '../db/open.ts';
import { hasSearchIndex } from '../db/queries/search-index.ts';
import { schema } from '../schema/index.ts';
import { type Clock, systemClock } from './core/clock.ts';
import type { Config } from './core/config/config.ts';
import type { LiveLimits } from './core/config/live-limits.ts';
import { createLog, type Log } from './core/log.ts';
import type { ServerServices } from './graphql/context.ts';
import { OperationLimits } from './graphql/cost/operation-limits.ts';
import { createEngine } from './graphql/engine.ts';
import { loadTrustedDocuments } from './graphql/trusted-documents.ts';
import { Connections } from './http/connections/connections.ts';
import { findConsole, readConsoleDocuments } from './http/console/console-files.ts';
import { KnownOrigins } from './http/cors/known-origins.ts';
import { httpPlugins } from './http/graphql/plugins.ts';
import type { Readiness } from './http/ops/health.ts';
import { createRoutes } from './http/routes.ts';
import { createHttpServer } from './http/server.ts';
import { SIGN_IN_DOCUMENTS } from './http/sign-in/sign-in-script.ts';
import { DEFAULT_TIMEOUTS, type Timeouts } from './http/timeouts.ts';
import { verifyHandler } from './http/verify/verify.ts';
import { LiveServer } from './http/websocket/live-server.ts';
import { expirySweep } from './keys/expiry/expiry-sweep.ts';
import { OrganizationSizes } from './organizations/organization-sizes.ts';
import { startRetention } from './retention.ts';
import { createServices } from './services.ts';
import type { ProcessCommand } from './verify-server/process-slot.ts';
import { createVerifyServer } from './verify-server/supervisor.ts';

/** Replacements for tests. */
export interface Overrides {
  readonly clock?: Clock;
  readonly log?: Log;
  /** Stays open when the app stops; its creator closes it. */
  readonly database?: Database;
  /** How to start verification processes. Omitted: there are none, whatever the configuration says. */
  readonly processCommand?: ProcessCommand;
  readonly timeouts?: Partial<Timeouts>;
  readonly liveLimits?: Partial<LiveLimits>;
  /** Folder of the built console. Null: none. */
  readonly consoleFolder?: string | null;
  /** Documents of further clients that are trusted like the console's. */
  readonly clientDocuments?: readonly string[];
  /** Further yoga plugins, which see every operation. */
  readonly plugins?: readonly Plugin[];
}

/** How long operations on sockets may still run when the server stops, milliseconds. */
const STOP_GRACE_MS = 6_000;

/** How much of that is for verifiers that don't acknowledge it, milliseconds: usually their leases end in it. */
const VERIFIERS_GRACE_MS = 3_500;

/** The assembled application. */
export interface App {
  /** For the server's own commands. The database has its tables once `start` resolves. */
  readonly services: ServerServices;
  /** Live subscriptions, for metrics and tests. */
  readonly liveServer: LiveServer;
  /** Counters of operations, for tests. */
  readonly operationLimits: OperationLimits;
  /** Memory held for clients, for metrics and tests. */
  readonly connections: Connections;
  /**
   * Migrates the database and starts serving. Rejects, with everything closed, if the database or the port can't be
   * used. `verifyUrl` is where verification processes serve `/verify`; null: there are none.
   */
  start(): Promise<{ url: string; verifyUrl: string | null }>;
  /** Completes running work, writes pending usage and closes everything. May be called twice. */
  stop(): Promise<void>;
}

/** Creates the app and opens its database without starting it. Rejects if the database can't be opened. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const log = overrides.log ?? createLog(config.logLevel);
  const clock = overrides.clock ?? systemClock;
  const { consoleFolder = findConsole(), clientDocuments = [] } = overrides;
  const trusted = loadTrustedDocuments(config, schema, () => [
    ...SIGN_IN_DOCUMENTS,
    ...(consoleFolder === null ? [] : readConsoleDocuments(consoleFolder)),
    ...clientDocuments,
  ]);
  const database = overrides.database ?? (await openDatabase(config.databaseUrl));
  const timeouts = { ...DEFAULT_TIMEOUTS, ...overrides.timeouts };
  const connections = new Connections(config.http, config.trustedProxies);
  const server = createHttpServer({ log, timeouts, connections });
  let url = addressOf(config.host, config.port);
  // Without PUBLIC_URL, the URL is known only once the server listens: the port may be any free one.
  const publicUrl = () => config.publicUrl ?? url;
  const { processCommand } = overrides;
  const processes =
    config.verifyServer.port !== null && processCommand
      ? createVerifyServer(config, processCommand, log)
      : null;
  const running = await createServices(database, { config, clock, log, publicUrl, processes });
  const { services, metrics } = running;
  const sweep = expirySweep(services);
  let stopRetention: () => Promise<void> = async () => {};
  const operationLimits = new OperationLimits(clock, config.operations);
  const origins = new KnownOrigins(services);
  const engine = createEngine(
    schema,
    { sizes: new OrganizationSizes({ db: database.kysely, clock }), responseMax: config.http.responseBytes },
    [...httpPlugins(services, { connections, operationLimits, origins }), ...(overrides.plugins ?? [])],
    trusted,
  );
  const liveServer = new LiveServer(services, schema, {
    run: engine.run,
    connections,
    operationLimits,
    limits: { ...config.live, ...overrides.liveLimits },
  });

  metrics?.showing(liveServer, connections);

  const end = async (): Promise<void> => {
    // Immediately, so that no new work is accepted while subscriptions end.
    const verifiers = services.verifiers.end(VERIFIERS_GRACE_MS);
    const sockets = verifiers.then(() => liveServer.stop(STOP_GRACE_MS - VERIFIERS_GRACE_MS));
    await Promise.all([server.stop(), sockets, processes?.stop()]);
    await Promise.all([sweep.stop(), stopRetention()]);
    await running.stop();
    processes?.removeFiles();
    if (!overrides.database) await database.close();
  };
  let ended: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    ended ??= end();
    return ended;
  };

  const start = async () => {
    let verifyUrl: string | null = null;
    try {
      await migrate(database, (line) => log.info(line));
      if (!(await hasSearchIndex(database.kysely)))
        log.warn(
          'Searching API keys is slow because PostgreSQL has no index for it. See "Large organizations" in docs/operations.md',
        );
      const verifying = processes?.start();
      // Awaited below. If this server can't start, that error is reported.
      verifying?.catch(() => {});
      await running.start();
      if (ended) throw new Error('Stopped while it started');
      await server.listen({ host: config.host, port: config.port }, (port) => {
        url = addressOf(config.host, port);
        const readiness: Readiness = async (scope) => {
          const problem = await migrationProblem(database, { served: true });
          if (problem === null && scope === 'all') await database.checkWrites();
          return problem;
        };
        const parts = {
          ...{ engine, live: liveServer, origins, metrics },
          ...{ connections, operationLimits, consoleFolder },
        };
        const routes = createRoutes(services, schema, readiness, parts);
        const upgrade = liveServer.upgrade.bind(liveServer);
        return { routes, upgrade, verify: verifyHandler(services), publicUrl: services.publicUrl };
      });
      if (verifying) verifyUrl = `${addressOf(config.host, await verifying)}/verify`;
    } catch (error) {
      await stop();
      throw error;
    }
    sweep.start();
    stopRetention = startRetention(services);
    log.info('Ready', { url });
    return { url, verifyUrl };
  };

  return { services, liveServer, operationLimits, connections, start, stop };
}

/** The URL of a listener. One that listens on all addresses is reached at localhost. */
function addressOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
