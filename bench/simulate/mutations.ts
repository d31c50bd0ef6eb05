import { type FaultName, RULES, type Rule } from './rules.ts';

/** What shows that a rule is needed: without it, the checker finds a violation. */
export interface Mutation {
  readonly rule: Rule;
  /** As in `Setup`; 0 for what concerns a single server. */
  readonly servers: number;
  /** The faults that provoke it most. Null: all. */
  readonly faults: readonly FaultName[] | null;
}

const PROVOKED: Partial<Record<Rule, Omit<Mutation, 'rule'>>> = {
  leasesBehindChanges: { servers: 0, faults: null },
  margins: { servers: 3, faults: ['breakConnection', 'closeStream'] },
  resetOvertakes: { servers: 3, faults: ['breakListening'] },
  signOffLast: { servers: 0, faults: ['stopServer', 'breakConnection'] },
  restartWaits: { servers: 0, faults: null },
  markWaitsForStart: { servers: 0, faults: ['stopServer', 'killServer'] },
  commandsWait: { servers: 0, faults: null },
  catchUp: { servers: 0, faults: null },
};

/** One for each rule. */
export const MUTATIONS: readonly Mutation[] = (Object.keys(RULES) as Rule[]).map((rule) => ({
  rule,
  ...(PROVOKED[rule] ?? { servers: 3, faults: null }),
}));
