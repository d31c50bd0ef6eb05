import type { Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { ChangeEvent, Event } from '../changes/events.ts';
import { type Stale, staleBy } from './stale.ts';

/** Which servers, verification processes and verifiers confirmed a change before its response was sent. */
export interface Propagation {
  readonly confirmedNodes: number;
  readonly totalNodes: number;
  /** From the commit to the last confirmation, milliseconds. */
  readonly milliseconds: number;
}

/** How many of those that this node has notified of a change have confirmed it. */
export interface Confirmed {
  readonly confirmed: number;
  readonly total: number;
}

/**
 * Is called with what a change has invalidated. A listener that passes it on to others, which may rely on the previous
 * state, returns a promise: it resolves when none does any longer, and never rejects. The change is answered, and
 * confirmed to other nodes, after that.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: most listeners return nothing.
export type InvalidationListener = (stale: Stale) => void | Promise<Confirmed>;

/** Delivers events to listeners on this node and, depending on the implementation, on others. */
export interface EventBus {
  /** Sends changes with their transaction: no node is notified before, or without, its commit. */
  prepare(tx: Transaction<Tables>, changes: readonly ChangeEvent[]): Promise<void>;
  /**
   * Announces committed changes that were prepared. If verifications depend on them, resolves when no node relies on
   * the previous state: each has confirmed, or stopped using its cache. Never rejects.
   */
  announce(changes: readonly ChangeEvent[]): Promise<Propagation>;
  /** Publishes a use or a denial. Never waits. A change only reaches the listeners of this node. */
  emit(event: Event): void;
  /**
   * Calls `listener` for every new use and denial, and for changes committed by this node. Changes of all nodes come
   * from the change log. Returns a stop function. A listener must not throw.
   */
  subscribe(listener: (event: Event) => void): () => void;
  /**
   * Calls `listener` as soon as this node is notified of a change, before the response is sent: for key caches, and as
   * a hint that the log has grown. It must be synchronous and not throw. Returns a stop function.
   */
  onInvalidate(listener: InvalidationListener): () => void;
  /**
   * Whether this node can't have missed a change that was answered. If false, no cached state may be used. Check
   * before every use. Costs only a clock read.
   */
  isCurrent(): boolean;
  /**
   * For how long `isCurrent` holds at least, milliseconds: other nodes may wait no longer than that for this one. 0: it
   * doesn't. Infinity: there can be no other nodes.
   */
  remainingMs(): number;
  /** Whether it reaches other nodes, so that `isCurrent` covers their changes too. */
  readonly spansNodes: boolean;
  /** Requests uses and denials of this organization from all nodes. Returns a stop function. */
  watch(organizationId: string): () => void;
}

/** State of a bus between nodes, for metrics. */
export interface BusStatus {
  readonly current: boolean;
  readonly connected: boolean;
  /** This one included. */
  readonly nodes: number;
  readonly roundTripMs: number | null;
  readonly connectionsLost: number;
}

/** A bus that its owner starts and stops. Until it is started, it announces but receives nothing. */
export interface StartableBus extends EventBus {
  /** Resolves when it is certain to receive the others' messages, or after a timeout. It keeps trying. */
  start(): Promise<void>;
  /** `signsOff`: the other nodes need not wait for this one. Otherwise, they wait for its lease. */
  stop(signsOff?: boolean): Promise<void>;
  /** Null if there can be no other nodes. */
  status(): BusStatus | null;
}

/** The bus of a single node: listeners have run when `announce` resolves. */
export function inProcessBus(): EventBus {
  const { emit, announce, subscribe, onInvalidate } = localListeners();
  return {
    emit,
    subscribe,
    onInvalidate,
    prepare: async () => {},
    isCurrent: () => true,
    remainingMs: () => Number.POSITIVE_INFINITY,
    spansNodes: false,
    watch: () => () => {},
    async announce(changes) {
      const start = performance.now();
      const { confirmed, total } = await allConfirmed(announce(changes));
      return {
        confirmedNodes: confirmed + 1,
        totalNodes: total + 1,
        milliseconds: Number((performance.now() - start).toFixed(2)),
      };
    },
  };
}

/** The listeners on this node. */
export interface LocalListeners extends Pick<EventBus, 'subscribe' | 'onInvalidate'> {
  emit(event: Event): void;
  invalidate(stale: Stale): Notified;
  /** The same for changes that this node has committed. Notifies caches first. */
  announce(changes: readonly ChangeEvent[]): Notified;
}

/** What has to be awaited until nothing relies on the previous state. */
export interface Notified {
  readonly pending: readonly Promise<Confirmed>[];
}

export function localListeners(): LocalListeners {
  const listeners = new Set<(event: Event) => void>();
  const invalidationListeners = new Set<InvalidationListener>();
  const emit = (event: Event): void => {
    for (const listener of listeners) listener(event);
  };
  const invalidate = (stale: Stale): Notified => {
    const pending: Promise<Confirmed>[] = [];
    for (const listener of invalidationListeners) {
      const confirming = listener(stale);
      if (confirming) pending.push(confirming);
    }
    return { pending };
  };
  return {
    emit,
    invalidate,
    announce(changes) {
      const pending = staleBy(changes).flatMap((stale) => invalidate(stale).pending);
      for (const change of changes) if (!change.repeated) emit(change);
      return { pending };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onInvalidate: (listener) => {
      invalidationListeners.add(listener);
      return () => invalidationListeners.delete(listener);
    },
  };
}

/** Waits for all, and adds them up. */
export async function allConfirmed({ pending }: Notified): Promise<Confirmed> {
  let [confirmed, total] = [0, 0];
  for (const one of await Promise.all(pending)) {
    confirmed += one.confirmed;
    total += one.total;
  }
  return { confirmed, total };
}
