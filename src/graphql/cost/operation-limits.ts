import type { Principal } from '../../access/principal.ts';
import { addressBudgets } from '../../core/address-networks.ts';
import { type Budget, type BudgetState, Budgets } from '../../core/budgets.ts';
import type { Clock } from '../../core/clock.ts';
import type { OperationLimitsConfig, PerCaller } from '../../core/config/operation-limits-config.ts';
import { RateLimitedError } from '../../core/errors.ts';
import type { PolicyName } from '../../core/rate-limit-headers.ts';
import type { Charge } from '../operation-context.ts';

/** Maximum number of callers and of addresses tracked at once. */
const NAMES_MAX = 50_000;

/** Seconds after which a slot for an operation may be free. */
const PLACE_RETRY_SECONDS = 1;

/** Characters of a request included in its first point. Each further 1,024 cost another. */
const FREE_CHARACTERS = 4_096;
const CHARACTERS_PER_POINT = 1_024;

/** A subject whose limits an operation counts against. */
interface Counted {
  readonly kind: keyof PerCaller;
  readonly name: string;
}

/** Name in the headers. */
const POLICY_NAMES: Readonly<Record<keyof PerCaller, PolicyName>> = {
  caller: 'caller',
  operator: 'caller',
  organization: 'organization',
  address: 'address',
};

/**
 * Limits of each caller, each organization and, without a credential, each address: points per window and concurrent
 * operations. Counts in this process, in bounded memory.
 */
export class OperationLimits {
  readonly config: OperationLimitsConfig;
  readonly #clock: Clock;
  readonly #callers: Budgets;
  /** Counted separately, so that many addresses can't push callers out of memory. */
  readonly #addresses: Budgets;
  readonly #underWay = new Map<string, number>();
  #operations = 0;

  constructor(clock: Clock, config: OperationLimitsConfig) {
    this.config = config;
    this.#clock = clock;
    const bounds = { windowMs: config.windowSeconds * 1000, max: NAMES_MAX };
    this.#callers = new Budgets(clock, bounds);
    this.#addresses = new Budgets(clock, bounds);
  }

  /** The budgets of a caller's operation. Nothing is charged yet. */
  ticketFor(principal: Principal | null, ip: string | null): Ticket {
    const { points } = this.config;
    if (principal) return new Ticket(this, countedFor(principal), this.#callers);
    const networks = addressBudgets(ip, points.address);
    const client = { kind: 'address', name: networks.at(-1)?.name ?? '' } as const;
    return new Ticket(this, [client], this.#addresses, networks);
  }

  /** Acquires a slot for an operation. Returns the subject without a free slot, or null. */
  enter(counted: readonly Counted[]): Counted | null {
    const { operations } = this.config;
    for (const one of counted) {
      const max = operations[one.kind];
      if (max > 0 && (this.#underWay.get(one.name) ?? 0) >= max) return one;
    }
    for (const { name } of counted) this.#underWay.set(name, (this.#underWay.get(name) ?? 0) + 1);
    this.#operations += 1;
    return null;
  }

  leave(counted: readonly Counted[]): void {
    this.#operations -= 1;
    for (const { name } of counted) {
      const left = (this.#underWay.get(name) ?? 1) - 1;
      if (left > 0) this.#underWay.set(name, left);
      else this.#underWay.delete(name);
    }
  }

  /** Seconds until a moment of the monotonic clock, rounded up. */
  secondsTo(moment: number): number {
    return Math.max(0, Math.ceil((moment - this.#clock.monotonic()) / 1000));
  }

  /** Number of concurrent operations, and of names with operations or points. */
  get size(): { readonly operations: number; readonly names: number } {
    const names = this.#underWay.size + this.#callers.size + this.#addresses.size;
    return { operations: this.#operations, names };
  }
}

/** The charge of one operation. */
export class Ticket implements Charge {
  cost: number | null = null;
  /** Points taken so far. */
  charged = 0;
  readonly #limits: OperationLimits;
  readonly #counted: readonly Counted[];
  readonly #budgets: Budgets;
  /** Widest first, each with the limit that it counts against. */
  readonly #parts: readonly Budget[];
  #states: readonly BudgetState[] = [];
  #entered = false;

  constructor(
    limits: OperationLimits,
    counted: readonly Counted[],
    budgets: Budgets,
    parts: readonly Budget[] | null = null,
  ) {
    this.#limits = limits;
    this.#counted = counted;
    this.#budgets = budgets;
    const { points } = limits.config;
    const own = parts ?? counted.map(({ kind, name }) => ({ name, limit: points[kind] }));
    this.#parts = own.filter(({ limit }) => limit > 0);
  }

  /**
   * Acquires a slot and charges the points for a request of this size, at least one. Call it before parsing. Throws
   * RateLimitedError without a slot acquired.
   */
  begin(characters = 0): void {
    this.spend(1 + Math.max(0, Math.ceil((characters - FREE_CHARACTERS) / CHARACTERS_PER_POINT)));
    const full = this.#limits.enter(this.#counted);
    if (full) {
      const message = `Too many operations of this ${POLICY_NAMES[full.kind]} are running`;
      throw new RateLimitedError(message, PLACE_RETRY_SECONDS);
    }
    this.#entered = true;
  }

  spend(points: number): void {
    if (points <= 0 || this.#parts.length === 0) {
      this.charged += Math.max(0, points);
      return;
    }
    const { spent, states } = this.#budgets.spend(this.#parts, points);
    this.#states = states;
    if (spent) {
      this.charged += points;
      return;
    }
    const last = states.at(-1);
    const seconds = this.#limits.secondsTo(last?.endsAt ?? 0);
    const message = `The operation costs ${points} points, and this ${this.#nameOf(last?.name)} has ${last?.remaining ?? 0} left`;
    throw new RateLimitedError(message, Math.max(1, seconds));
  }

  owe(points: number): void {
    this.charged += points;
    if (this.#parts.length > 0) this.#states = this.#budgets.owe(this.#parts, points);
  }

  /** Releases the slot. May be called twice. */
  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#limits.leave(this.#counted);
  }

  /** The smallest remaining budget; null: unlimited. */
  get remaining(): number | null {
    return this.#states.length === 0 ? null : Math.min(...this.#states.map(({ remaining }) => remaining));
  }

  /**
   * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10) for everything this was charged to,
   * names and values alternating. Empty if nothing is limited.
   */
  headers(): string[] {
    const { windowSeconds } = this.#limits.config;
    let policies = '';
    let states = '';
    for (const { name, limit, remaining, endsAt } of this.#shown()) {
      const separator = policies === '' ? '' : ', ';
      const policy = this.#nameOf(name);
      policies += `${separator}"${policy}";q=${limit};w=${windowSeconds}`;
      states += `${separator}"${policy}";r=${remaining};t=${this.#limits.secondsTo(endsAt)}`;
    }
    return policies === '' ? [] : ['RateLimit-Policy', policies, 'RateLimit', states];
  }

  /** Of an address's networks, the one with the fewest points left: it runs out first. */
  #shown(): readonly BudgetState[] {
    const states = this.#states;
    if (this.#counted.length > 1 || states.length < 2) return states;
    return [states.reduce((least, state) => (state.remaining <= least.remaining ? state : least))];
  }

  #nameOf(name: string | undefined): PolicyName {
    const counted = this.#counted.find((one) => one.name === name) ?? this.#counted[0];
    return counted ? POLICY_NAMES[counted.kind] : 'caller';
  }
}

/** Subjects that a caller's operation counts against, widest first. */
function countedFor(principal: Principal): Counted[] {
  switch (principal.kind) {
    case 'operator':
      return [{ kind: 'operator', name: principal.tokenId }];
    case 'user': {
      // All sessions of a user together. With several organizations, the one the user joined first.
      const [first] = principal.organizationIds;
      const caller = { kind: 'caller', name: principal.userId } as const;
      return first === undefined ? [caller] : [{ kind: 'organization', name: first }, caller];
    }
    case 'key':
      return [
        { kind: 'organization', name: principal.organizationIds[0] },
        { kind: 'caller', name: principal.keyId },
      ];
    default:
      return [];
  }
}
