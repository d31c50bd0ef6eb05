import type { Database } from '../db/open.ts';
import { ChangeLog } from './changes/change-log.ts';
import { createBus } from './cluster/create-bus.ts';
import type { Clock } from './core/clock.ts';
import type { Config } from './core/config/config.ts';
import type { Log } from './core/log.ts';
import { recordDeniedAttempts } from './denied-attempts/denied-attempts.ts';
import type { ServerServices } from './graphql/context.ts';
import { FailureLimit } from './http/auth/failure-limit.ts';
import { createMetrics, type Metrics } from './http/ops/metrics.ts';
import { keyReader } from './realtime/key-reader.ts';
import { Live } from './realtime/live.ts';
import { createUsageRecorder } from './usage/recorder.ts';
import { createRateLimiter } from './verification-host/create-rate-limiter.ts';
import { createImportedSecrets } from './verification-host/imported-secrets.ts';
import { createKeyLookup } from './verification-host/key-lookup.ts';

/** The services of verbs, and the background work that maintains them. */
export interface RunningServices {
  readonly services: ServerServices;
  /** Null if metrics are disabled. */
  readonly metrics: Metrics | null;
  /** Starts background work. Requires the tables of this release. */
  start(): Promise<void>;
  /** Writes pending usage and stops everything. The database stays open. May be called in any state. */
  stop(): Promise<void>;
}

/** Creates the services of a server, of the command line and of tests. `publicUrl` is asked for each time it is needed. */
export async function createServices(
  database: Database,
  { config, clock, log, publicUrl }: { config: Config; clock: Clock; log: Log; publicUrl: () => string },
): Promise<RunningServices> {
  const { kysely: db, unhurried, scans } = database;
  const bus = await createBus(database, config, log);
  const keys = createKeyLookup(database, { bus, config });
  const imported = createImportedSecrets({ db, log }, config.importPeppers);
  const recorder = createUsageRecorder({ unhurried, bus, clock, log }, config.usageFlushMs);
  const limiter = await createRateLimiter({ clock, log, config }, bus.spansNodes);
  const metrics = config.metrics ? await createMetrics({ keys, recorder, bus, limiter }) : null;
  const usage = metrics?.counting(recorder) ?? recorder;
  const changes = new ChangeLog({ db, bus, log });
  const live = new Live({ bus, clock }, keyReader(database, { bus, usage }));
  const deniedAttempts = recordDeniedAttempts(clock);
  const services: ServerServices = {
    db,
    unhurried,
    scans,
    live,
    changes,
    bus: metrics?.measuring(bus) ?? bus,
    usage,
    limiter,
    failures: new FailureLimit(clock, config.verifyFailuresPerMinute),
    keys,
    imported,
    deniedAttempts,
    clock,
    log,
    config,
    measurements: metrics?.measurements,
    get publicUrl() {
      return publicUrl();
    },
  };
  return {
    services,
    metrics,
    async start() {
      changes.start();
      live.start();
      await Promise.all([bus.start(), limiter.start()]);
      await recorder.start();
    },
    async stop() {
      await deniedAttempts.stop();
      live.stop();
      changes.stop();
      keys.stop();
      await imported.settled();
      await recorder.stop();
      await Promise.all([bus.stop(), limiter.stop()]);
    },
  };
}
