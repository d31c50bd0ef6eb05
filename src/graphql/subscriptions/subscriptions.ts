import { randomUUID } from 'node:crypto';
import type { GraphQLSchema } from 'graphql';
import type { GraphQLContext } from '../../../schema/context.ts';
import { anyoneLike, type Principal } from '../../access/principal.ts';
import type { LiveLimits } from '../../core/config/live-limits.ts';
import { ForbiddenError, UnauthenticatedError } from '../../core/errors.ts';
import { createContext, type ServerServices } from '../context.ts';
import type { PricedSubscription } from '../operation-context.ts';
import type { Caller } from './caller.ts';
import { CallerDocuments } from './caller-documents.ts';
import { CallerWatch } from './caller-watch.ts';
import { ExecutionGroups, type Group, scopeName } from './execution-groups.ts';
import { resultKey, sourceOf } from './operation.ts';
import { SharedExecution } from './shared-execution.ts';
import { type Sink, Subscriber } from './subscriber.ts';

/** Transport callbacks of a subscription. */
export interface SubscriptionHooks {
  /** The subscriber exists and can be stopped. No event has been sent yet. */
  created(subscriber: Subscriber): void;
  /** It has ended, for any reason. */
  ended(): void;
  /** The position to resume from, if the transport knows one. */
  readonly resumeAt?: string | null;
}

/** All running subscriptions of this server, across transports. */
export class Subscriptions {
  readonly #services: ServerServices;
  readonly #schema: GraphQLSchema;
  readonly #limits: LiveLimits;
  readonly #groups: ExecutionGroups;
  readonly #groupOf = new Map<Subscriber, Group>();
  readonly #documents: CallerDocuments;
  readonly #watch: CallerWatch;
  /** The services of every context, created when the address is known. */
  #shared: ServerServices | null = null;
  /** By organization, permissions and scope, valid for the current tick. */
  readonly #contexts = new Map<string, GraphQLContext>();

  constructor(services: ServerServices, schema: GraphQLSchema, limits: LiveLimits) {
    this.#services = services;
    this.#schema = schema;
    this.#limits = limits;
    this.#documents = new CallerDocuments({
      documents: limits.documentsPerCaller,
      cost: limits.costPerCaller,
    });
    const ofOrganizations = { documents: limits.documentsPerOrganization, cost: limits.costPerOrganization };
    const responseMax = services.config.http.responseBytes;
    this.#groups = new ExecutionGroups(ofOrganizations, (subscription, organizationId, principal, rights) => {
      const everybody = anyoneLike(principal, organizationId);
      const context = (): GraphQLContext => this.#contextOf(rights, everybody);
      return new SharedExecution(schema, subscription, responseMax, context);
    });
    this.#watch = new CallerWatch(services, (caller) => this.#authorize(caller));
  }

  stop(): void {
    this.#watch.stop();
  }

  /** Watches a caller's permissions until it leaves. */
  enter(caller: Caller): void {
    this.#watch.add(caller);
  }

  leave(caller: Caller): void {
    this.#watch.remove(caller);
    caller.leave();
  }

  /**
   * Starts a subscription of an admitted caller. Rejects, with the subscription ended, if its source can't be opened,
   * the caller has left, or the caller or organization has too many distinct documents.
   */
  async subscribe(
    caller: Caller,
    subscription: PricedSubscription,
    context: GraphQLContext,
    sink: Sink,
    hooks: SubscriptionHooks,
  ): Promise<void> {
    const source = await sourceOf(this.#schema, subscription, context, hooks.resumeAt ?? null);
    // Permissions may have been re-read in the meantime.
    if (caller.over) throw new UnauthenticatedError(true);
    const known = caller.principal;
    const { organizationId, permission } = source;
    if (!known.can(organizationId, permission) || scopeName(known) !== scopeName(context.principal)) {
      if (!context.principal) throw new ForbiddenError(permission);
      // The source used permissions other than those known here: suspend until they are re-read.
      caller.principal = context.principal;
      this.#watch.renew(caller);
    }
    const { actor } = caller.principal;
    const forget = this.#documents.add(actor, resultKey(subscription), subscription.cost);
    let group: Group;
    try {
      this.#groups.assertRoom(organizationId, caller.principal, subscription);
      group = this.#groups.join(organizationId, caller.principal, subscription);
    } catch (error) {
      forget();
      throw error;
    }
    const subscriber = new Subscriber({
      source,
      operation: subscription,
      group: group.execution,
      sink,
      limits: this.#limits,
      ended: () => {
        hooks.ended();
        caller.subscribers.delete(subscriber);
        forget();
        this.#part(subscriber);
      },
    });
    this.#groupOf.set(subscriber, group);
    caller.subscribers.add(subscriber);
    if (caller.suspended) subscriber.pause();
    hooks.created(subscriber);
    try {
      await subscriber.open(source);
    } catch (error) {
      // Already reported.
      if (subscriber.over) return;
      subscriber.stop();
      throw error;
    }
  }

  /** Running subscriptions, for metrics and tests. `counted`: callers and organizations whose documents are counted. */
  get counts(): { callers: number; subscribers: number; live: number; groups: number; counted: number } {
    let live = 0;
    for (const subscriber of this.#groupOf.keys()) if (subscriber.live) live += 1;
    const counted = this.#documents.size + this.#groups.organizations;
    return {
      callers: this.#watch.size,
      subscribers: this.#groupOf.size,
      live,
      groups: this.#groups.size,
      counted,
    };
  }

  /** Permissions are known again: subscriptions that are still allowed continue within them. */
  #authorize(caller: Caller): void {
    caller.suspended = false;
    for (const subscriber of [...caller.subscribers]) {
      const { organizationId, permission } = subscriber;
      if (!caller.principal.can(organizationId, permission)) {
        const { code, message } = new ForbiddenError(permission);
        subscriber.fail([{ message, extensions: { code, permission } }]);
        continue;
      }
      // Its source still filters by the previous teams.
      if (scopeName(caller.principal) !== this.#groupOf.get(subscriber)?.scope) {
        subscriber.interrupt();
        continue;
      }
      const subscription = subscriber.operation as PricedSubscription;
      const group = this.#groups.join(organizationId, caller.principal, subscription);
      if (group !== this.#groupOf.get(subscriber)) subscriber.rightsChanged();
      this.#part(subscriber);
      this.#groupOf.set(subscriber, group);
      subscriber.resume(group.execution);
    }
  }

  #part(subscriber: Subscriber): void {
    const group = this.#groupOf.get(subscriber);
    this.#groupOf.delete(subscriber);
    if (group) this.#groups.leave(group);
  }

  /**
   * One context per tick for everything with the same permissions, so that shared data is loaded once. Loads are sent
   * at the end of the tick, so they see every change announced in it.
   */
  #contextOf(rights: string, principal: Principal): GraphQLContext {
    const known = this.#contexts.get(rights);
    if (known) return known;
    this.#shared ??= { ...this.#services, publicUrl: this.#services.publicUrl };
    const client = { id: randomUUID(), ip: null, userAgent: null };
    const context = createContext(this.#shared, { principal, client });
    if (this.#contexts.size === 0) queueMicrotask(() => this.#contexts.clear());
    this.#contexts.set(rights, context);
    return context;
  }
}
