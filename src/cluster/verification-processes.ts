import type { VerificationCounts } from '../core/measurements.ts';
import type { StartableBus } from './bus.ts';
import type { Usage } from './usage-groups.ts';

/** What the processes of a node have counted, for its metrics. */
export interface ProcessesMeasures {
  /** As of the last `refresh`. */
  readonly counts: VerificationCounts;
  /** How many processes did not answer in time. */
  readonly silent: number;
  /** How many processes were replaced. */
  readonly restarts: number;
  /** Asks all processes, and waits for them up to a quarter of a second. */
  refresh(): Promise<void>;
}

/** The processes of this node that only verify keys, as its services use them. */
export interface VerificationProcesses {
  /** Number of processes that accept requests. */
  readonly running: number;
  /** The file in which they and this process count rate limits. Null: they count in Redis. */
  readonly limitsPath: string | null;
  readonly measures: ProcessesMeasures;
  /** Requests uses and denials of this organization from them. Returns a stop function. */
  watch(organizationId: string): () => void;
  /** Sets what is called with those that they send. */
  onUsage(listener: (event: Usage) => void): void;
  /** Sets what recalls the slices of a key's rate limit that embedded verifiers hold. Null: they hold none. */
  onRecall(recall: (keyId: string) => Promise<boolean> | null): void;
  /** Tells the processes whether embedded verifiers are connected. If none is, they deny without a question. */
  expectVerifiers(any: boolean): void;
}

/**
 * The bus of a node on SQLite with verification processes, which count as confirmed in the propagation of each change.
 *
 * They can't rely on an earlier state: a change is announced after its commit, when the file contains it. A
 * process asks the file before it decides whether anything was committed since it last looked (`PRAGMA
 * data_version`), and then reads the changes before it uses its cache (`LOOK_EVERY_TIME`). If it can't ask, it uses no
 * cache. No message is involved, so none can be lost or late, and nothing has to be awaited: a decision that begins
 * after the response to a change is made by that change.
 *
 * On PostgreSQL, each process is a node of its own that confirms changes itself.
 */
export function withProcesses(bus: StartableBus, processes: VerificationProcesses): StartableBus {
  processes.onUsage(bus.emit);
  return {
    ...bus,
    watch(organizationId) {
      const stops = [bus.watch(organizationId), processes.watch(organizationId)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    async announce(changes) {
      const { confirmedNodes, totalNodes, milliseconds } = await bus.announce(changes);
      const { running } = processes;
      return {
        confirmedNodes: confirmedNodes + running,
        totalNodes: totalNodes + running,
        milliseconds,
      };
    },
  };
}
