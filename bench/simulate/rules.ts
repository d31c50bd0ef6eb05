/** The rules of docs/verifier.md that the simulation can break one at a time. */
export interface Rules {
  /** A lease runs from the moment before its request was sent, instead of its receipt. */
  readonly leaseFromRequest: boolean;
  /** It ends by the wall clock as well. */
  readonly leaseByWallClock: boolean;
  /** Leases are queued behind the changes that were heard. */
  readonly leasesBehindChanges: boolean;
  /** A server grants leases only within its own. */
  readonly leasesWithinOwn: boolean;
  /** A server that may have missed changes sends a reset before it grants again. */
  readonly resetWhenMissed: boolean;
  /** Deadlines have a margin for clocks that run at different rates. */
  readonly margins: boolean;
  /** A change is sent to verifiers that look the key up while it is heard. */
  readonly interestBeforeAnswer: boolean;
  /** A key is cached only if it includes the changes heard since it was requested. */
  readonly sequencesChecked: boolean;
  /** A reset overtakes look-ups under way. */
  readonly resetOvertakes: boolean;
  /** A verification is not answered by a look-up that was sent before it started. */
  readonly noLateJoins: boolean;
  /** A change is answered when verifiers have acknowledged it, or can't use their caches. */
  readonly acknowledgmentsAwaited: boolean;
  /** A change is acknowledged after it was applied. */
  readonly acknowledgedWhenApplied: boolean;
  /** Streams that have ended count until their leases have. */
  readonly endedStreamsCount: boolean;
  /** The lease and the cache end with the stream. */
  readonly cacheEndsWithStream: boolean;
  /** A repeated change waits like the first one. */
  readonly repeatsWait: boolean;
  /** A server signs off after the leases of its verifiers. */
  readonly signOffLast: boolean;
  /** A single server that starts waits for leases granted before. */
  readonly restartWaits: boolean;
  /** A server that stops before it has waited doesn't mark that no lease can be held. */
  readonly markWaitsForStart: boolean;
  /** A command that changes the database directly waits for leases. */
  readonly commandsWait: boolean;
  /** A single server reads the changes that other processes have committed, at the latest before it grants a lease. */
  readonly catchUp: boolean;
}

export const RULES: Rules = {
  leaseFromRequest: true,
  leaseByWallClock: true,
  leasesBehindChanges: true,
  leasesWithinOwn: true,
  resetWhenMissed: true,
  margins: true,
  interestBeforeAnswer: true,
  sequencesChecked: true,
  resetOvertakes: true,
  noLateJoins: true,
  acknowledgmentsAwaited: true,
  acknowledgedWhenApplied: true,
  endedStreamsCount: true,
  cacheEndsWithStream: true,
  repeatsWait: true,
  signOffLast: true,
  restartWaits: true,
  markWaitsForStart: true,
  commandsWait: true,
  catchUp: true,
};

export type Rule = keyof Rules;

/** All rules but one. */
export function without(rule: Rule): Rules {
  return { ...RULES, [rule]: false };
}

export const FAULT_NAMES = [
  'breakConnection',
  'closeStream',
  'pauseVerifier',
  'suspendVerifier',
  'restartVerifier',
  'setClock',
  'pauseServer',
  'killServer',
  'stopServer',
  'breakListening',
] as const;

export type FaultName = (typeof FAULT_NAMES)[number];

/** What is simulated. Times are milliseconds. */
export interface Setup {
  readonly rules: Rules;
  /** 0: one server on SQLite, and commands next to it. Otherwise servers on PostgreSQL. */
  readonly servers: number;
  readonly verifiers: number;
  readonly keys: number;
  readonly leaseMs: number;
  /** Clocks run within this share of real time: 0.01 is 1 %. */
  readonly drift: number;
  readonly durationMs: number;
  /** Names of the faults that happen. Null: all. */
  readonly faults: readonly FaultName[] | null;
}

export const SETUP: Setup = {
  rules: RULES,
  servers: 3,
  verifiers: 4,
  keys: 4,
  leaseMs: 1_500,
  drift: 0.01,
  durationMs: 15_000,
  faults: null,
};
