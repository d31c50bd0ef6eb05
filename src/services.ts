import type { Database } from '../db/open.ts';
import { ChangeLog } from './changes/change-log.ts';
import { createBus } from './cluster/create-bus.ts';
import { type VerificationProcesses, withProcesses } from './cluster/verification-processes.ts';
import type { Clock } from './core/clock.ts';
import type { Config } from './core/config/config.ts';
import type { Log } from './core/log.ts';
import { createVerification } from './create-verification.ts';
import { recordDeniedAttempts } from './denied-attempts/denied-attempts.ts';
import type { ServerServices } from './graphql/context.ts';
import { createMetrics, type Metrics } from './http/ops/metrics.ts';
import { keyReader } from './realtime/key-reader.ts';
import { Live } from './realtime/live.ts';
import { createVerifierHub } from './verifiers/create-hub.ts';
import { type Recall, recallingLimiter } from './verifiers/slices/recalling-limiter.ts';

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

/** What services are created from. */
export interface ServiceSettings {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked for each time it is needed. */
  readonly publicUrl: () => string;
  /** Omitted: this process has none. */
  readonly processes?: VerificationProcesses | null | undefined;
}

/** Creates the services of a server, of the command line and of tests. */
export async function createServices(
  database: Database,
  { config, clock, log, publicUrl, processes = null }: ServiceSettings,
): Promise<RunningServices> {
  const { kysely: db, unhurried, scans } = database;
  const own = await createBus(database, config, log);
  // On PostgreSQL, the processes are nodes of their own.
  const bus = processes && !own.spansNodes ? withProcesses(own, processes) : own;
  const verification = await createVerification(database, bus, {
    ...{ config, clock, log },
    limitsFile: processes?.limitsPath ? { path: processes.limitsPath, isOwner: true } : null,
  });
  const { keys, imported, usage: recorder, limiter, failures } = verification;
  const metrics = config.metrics ? await createMetrics({ keys, recorder, bus, limiter, processes }) : null;
  const usage = metrics?.counting(recorder) ?? recorder;
  const changes = new ChangeLog({ db, bus, log });
  const live = new Live({ bus, clock }, keyReader(database, { bus, usage }));
  const deniedAttempts = recordDeniedAttempts(clock);
  const appended = (): void => recorder.noteForeign();
  const verifiers = createVerifierHub(database, { bus, clock, log, config, limiter, appended });
  metrics?.verifying(verifiers);
  const recall: Recall = (keyId) => verifiers.slices.recall(keyId);
  processes?.onRecall(recall);
  verifiers.registry.onPresence = (any) => processes?.expectVerifiers(any);
  const services: ServerServices = {
    db,
    unhurried,
    scans,
    live,
    changes,
    bus: metrics?.measuring(bus) ?? bus,
    usage,
    limiter: recallingLimiter(limiter, recall),
    failures,
    keys,
    imported,
    deniedAttempts,
    verifiers,
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
      await bus.start();
      await verifiers.start();
      await verification.start();
    },
    async stop() {
      await deniedAttempts.stop();
      live.stop();
      changes.stop();
      const isReleased = await verifiers.stop();
      await verification.stop();
      await bus.stop(isReleased);
    },
  };
}
