import type { Database } from '../db/open.ts';
import type { EventBus } from './cluster/bus.ts';
import type { Clock } from './core/clock.ts';
import type { Config } from './core/config/config.ts';
import type { Log } from './core/log.ts';
import { FailureLimit } from './http/auth/failure-limit.ts';
import { JOURNAL_LIMITS } from './usage/journal-limits.ts';
import { createUsageRecorder, type UsageRecorder } from './usage/recorder.ts';
import type { Verification } from './verification-host/context.ts';
import {
  createRateLimiter,
  type LimitsFile,
  type StartableRateLimiter,
} from './verification-host/create-rate-limiter.ts';
import { createImportedSecrets } from './verification-host/imported-secrets.ts';
import { createKeyLookup } from './verification-host/key-lookup.ts';
import { LOOK_AGE } from './verification-host/look-up-at-once.ts';

/** The services of verification, in a server or a verification process. */
export interface RunningVerification extends Verification {
  readonly usage: UsageRecorder;
  readonly limiter: StartableRateLimiter;
  /** Starts writing usage. Requires the tables of this release. */
  start(): Promise<void>;
  /** Writes pending usage and stops everything. */
  stop(): Promise<void>;
}

/** What differs between processes. */
export interface VerificationSettings {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** On SQLite: how old checks for changes of other processes may be. Omitted: those of a server. */
  readonly lookAge?: typeof LOOK_AGE;
  /** When usage is moved from the journal to its tables. Omitted: as in a server. */
  readonly journalLimits?: typeof JOURNAL_LIMITS;
  /** Where the processes of this node count rate limits. Null: this process is the only one. */
  readonly limitsFile?: LimitsFile | null | undefined;
}

/** Creates the services. The bus and the database belong to the caller, which stops them afterwards. */
export async function createVerification(
  database: Database,
  bus: EventBus,
  {
    config,
    clock,
    log,
    lookAge = LOOK_AGE,
    journalLimits = JOURNAL_LIMITS,
    limitsFile = null,
  }: VerificationSettings,
): Promise<RunningVerification> {
  const { unhurried } = database;
  const keys = createKeyLookup(database, { bus, config }, lookAge);
  const imported = createImportedSecrets({ db: unhurried, log }, config.importPeppers);
  const usage = createUsageRecorder({ unhurried, bus, clock, log }, config.usageFlushMs, journalLimits);
  const limiter = await createRateLimiter({ clock, log, config }, { spansNodes: bus.spansNodes, limitsFile });
  return {
    keys,
    imported,
    usage,
    limiter,
    failures: new FailureLimit(clock, config.verifyFailuresPerMinute),
    async start() {
      await limiter.start();
      await usage.start();
    },
    async stop() {
      keys.stop();
      await imported.settled();
      await usage.stop();
      await limiter.stop();
    },
  };
}
