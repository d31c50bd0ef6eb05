import type { Principal } from '../../access/principal.ts';
import type { PricedSubscription } from '../operation-context.ts';
import { assertWithin, type DocumentLimits } from './caller-documents.ts';
import { resultKey } from './operation.ts';
import type { SharedExecution } from './shared-execution.ts';

/** Subscribers who share an execution of each event. */
export interface Group {
  readonly name: string;
  readonly organizationId: string;
  /** Identifies the key scope of its subscribers. */
  readonly scope: string;
  /** Cost of the execution of one event. */
  readonly cost: number;
  readonly execution: SharedExecution;
  subscribers: number;
}

/** Creates the execution of a group. `rights` identifies what its subscribers have in common. */
export type CreateExecution = (
  subscription: PricedSubscription,
  organizationId: string,
  principal: Principal,
  rights: string,
) => SharedExecution;

/** Maximum number of groups per organization: same document, permissions and scope. */
export class ExecutionGroups {
  readonly #limits: DocumentLimits;
  readonly #create: CreateExecution;
  readonly #groups = new Map<string, Group>();
  /** Number of an organization's groups, and the total cost of their executions of one event. */
  readonly #organizations = new Map<string, { groups: number; cost: number }>();

  constructor(limits: DocumentLimits, create: CreateExecution) {
    this.#limits = limits;
    this.#create = create;
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Number of organizations with groups. */
  get organizations(): number {
    return this.#organizations.size;
  }

  /** Throws RateLimitedError if a subscription needs a new group and the limit on groups or their cost is reached. */
  assertRoom(organizationId: string, principal: Principal, subscription: PricedSubscription): void {
    if (this.#groups.has(nameOf(rightsOf(organizationId, principal), subscription))) return;
    const { groups, cost } = this.#organizations.get(organizationId) ?? { groups: 0, cost: 0 };
    assertWithin(this.#limits, 'organization', groups + 1, cost + subscription.cost);
  }

  /** Joins a group. A caller whose permissions changed keeps its subscription, regardless of the limits. */
  join(organizationId: string, principal: Principal, subscription: PricedSubscription): Group {
    const rights = rightsOf(organizationId, principal);
    const name = nameOf(rights, subscription);
    const known = this.#groups.get(name);
    if (known) {
      known.subscribers += 1;
      return known;
    }
    const execution = this.#create(subscription, organizationId, principal, rights);
    const { cost } = subscription;
    const group = { name, organizationId, scope: scopeName(principal), cost, execution, subscribers: 1 };
    this.#groups.set(name, group);
    this.#count(group, 1);
    return group;
  }

  /** Leaves a group. */
  leave(group: Group): void {
    group.subscribers -= 1;
    if (group.subscribers > 0) return;
    this.#groups.delete(group.name);
    this.#count(group, -1);
  }

  #count({ organizationId, cost }: Group, by: 1 | -1): void {
    const counts = this.#organizations.get(organizationId) ?? { groups: 0, cost: 0 };
    counts.groups += by;
    counts.cost += by * cost;
    if (counts.groups > 0) this.#organizations.set(organizationId, counts);
    else this.#organizations.delete(organizationId);
  }
}

/** Equal for callers that see the same keys. Teams are sorted by id. */
export function scopeName(principal: Principal | null): string {
  return JSON.stringify(principal?.keyScope ?? null);
}

function rightsOf(organizationId: string, principal: Principal): string {
  const permissions = [...principal.permissionsIn(organizationId)].sort().join(' ');
  return `${organizationId} ${permissions} ${scopeName(principal)} ${principal.knows(organizationId)}`;
}

function nameOf(rights: string, subscription: PricedSubscription): string {
  return `${rights} ${resultKey(subscription)}`;
}
