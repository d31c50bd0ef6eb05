import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { migrationProblem } from '../../db/migrate.ts';
import { type Database, type DatabaseFiles, openDatabase } from '../../db/open.ts';
import { databaseStartError } from '../../db/start-errors.ts';
import { createBus } from '../cluster/create-bus.ts';
import { systemClock } from '../core/clock.ts';
import { type Config, parseConfig } from '../core/config/config.ts';
import { createLog, type Log } from '../core/log.ts';
import { codeOf, StartError } from '../core/start-error.ts';
import { createVerification } from '../create-verification.ts';
import { Connections } from '../http/connections/connections.ts';
import { VERIFY_PORT } from '../http/listen-error.ts';
import { ProcessCounts } from '../http/ops/process-counts.ts';
import { createHttpServer, type HttpServer, type Listener, type Site } from '../http/server.ts';
import { DEFAULT_TIMEOUTS } from '../http/timeouts.ts';
import { PROCESS_JOURNAL } from '../usage/journal-limits.ts';
import { LOOK_EVERY_TIME } from '../verification-host/look-up-at-once.ts';
import { RowWriter } from '../verifiers/row-writer.ts';
import { recallingLimiter } from '../verifiers/slices/recalling-limiter.ts';
import type { VerifierState } from '../verifiers/verifier-rows.ts';
import { type Parent, parentProcess } from './parent.ts';
import { SliceRecalls } from './slice-recalls.ts';
import { UsageReports } from './usage-reports.ts';
import { verifySite } from './verify-site.ts';

/** How long requests may still run when the process stops, milliseconds. */
const STOP_MS = 5_000;

/** How long all of it may take once the server has gone, milliseconds: the next server waits for the port. */
const ORPHAN_MS = 2_000;

/** Memory for pages of each SQLite connection, KiB. The system caches the file as well. */
const CACHE_KIB = 4_000;

/** How long a process of an earlier server may take to release the port, and the interval of attempts, milliseconds. */
const PREDECESSOR = { waitMs: 3_000, everyMs: 50 };

/**
 * Runs a verification process until the server that started it stops it or is gone. Rejects with StartError if it
 * wasn't started by a server.
 */
export async function runVerificationProcess(env: Readonly<Record<string, string>>): Promise<void> {
  const parent = parentProcess();
  const config = parseConfig(env);
  const log = createLog(config.logLevel);
  try {
    const started = await parent.started;
    if (!started) return;
    const running = await start(config, log, parent, started);
    await parent.stopped;
    await (parent.isGone ? Promise.race([running.stop(0), pause(ORPHAN_MS)]) : running.stop(STOP_MS));
  } catch (error) {
    log.error('The verification process could not start', { error });
    await parent.send({ type: 'failed', message: messageOf(error) });
    process.exitCode = 1;
  } finally {
    parent.leave();
  }
}

interface Running {
  /** Stops accepting requests, completes those that run within this time, and writes usage. */
  stop(graceMs: number): Promise<void>;
}

async function start(
  config: Config,
  log: Log,
  parent: Parent,
  { start: { files, limitsPath }, socket: shared }: NonNullable<Awaited<Parent['started']>>,
): Promise<Running> {
  const database = await open(config.databaseUrl, files ?? undefined);
  const clock = systemClock;
  const ownBus = await createBus(database, config, log);
  const reports = new UsageReports(parent);
  // On PostgreSQL, the nodes exchange usage themselves.
  const bus = ownBus.spansNodes ? ownBus : reports.over(ownBus);
  const verification = await createVerification(database, bus, {
    ...{ config, clock, log },
    lookAge: LOOK_EVERY_TIME,
    journalLimits: PROCESS_JOURNAL,
    limitsFile: limitsPath === null ? null : { path: limitsPath, isOwner: false },
  });
  const connections = new Connections(config.http, config.trustedProxies);
  const timeouts = { ...DEFAULT_TIMEOUTS, stop: STOP_MS };
  const server = createHttpServer({ log, timeouts, connections });
  const counts = config.metrics ? new ProcessCounts() : null;
  if (counts) parent.onMeasure(() => counts.read(verification.keys));
  const recalls = new SliceRecalls(parent);
  const services = {
    ...{ ...verification, config, clock, log },
    limiter: recallingLimiter(verification.limiter, (keyId) => recalls.recall(keyId)),
    usage: counts?.counting(verification.usage) ?? verification.usage,
    measurements: counts?.measurements,
  };
  await Promise.all([bus.start(), verification.limiter.start()]);
  const readiness = () => migrationProblem(database, { served: true });
  const address = { host: config.host, port: config.verifyServer.port ?? 0, setting: VERIFY_PORT, shared };
  const port = await listen(server, address, (bound) =>
    verifySite(services, config.publicUrl ?? `http://${config.host}:${bound}`, readiness),
  );
  await parent.send({ type: 'listening', port }, shared ? null : server.socket());
  // Afterwards: the journal of the process before it may be long.
  void verification.usage.start();
  const [id, connectedAt] = [randomUUID(), clock.now()];
  const state = (): VerifierState => ({
    ...{ id, kind: 'process', organizationId: null, name: `${hostname()}:${process.pid}`, connectedAt },
    cachedKeys: verification.keys.size,
    current: bus.isCurrent(),
  });
  const rows = new RowWriter({ db: database.unhurried, log, states: () => [state()] });
  rows.changed();
  return {
    async stop(graceMs) {
      // At once, it stops accepting connections.
      const served = server.stop();
      await Promise.race([served, pause(graceMs)]);
      await Promise.all([verification.stop(), reports.flush(), rows.stop()]);
      await bus.stop();
      await database.close();
    },
  };
}

async function open(url: string, files: DatabaseFiles | undefined): Promise<Database> {
  try {
    return await openDatabase(url, { files, cacheKib: CACHE_KIB });
  } catch (error) {
    throw databaseStartError(error, 'DATABASE_URL', url);
  }
}

/** Waits for the port while a process of an earlier server, which was killed, still holds it. Resolves with the port. */
async function listen(server: HttpServer, listener: Listener, site: (port: number) => Site): Promise<number> {
  const end = performance.now() + PREDECESSOR.waitMs;
  for (;;) {
    try {
      return await server.listen(listener, site);
    } catch (error) {
      const cause = error instanceof StartError ? error.cause : error;
      if (codeOf(cause) !== 'EADDRINUSE' || performance.now() >= end) throw error;
      await pause(PREDECESSOR.everyMs);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof StartError ? error.message : `VERIFY_PORT: ${(error as Error).message}`;
}
