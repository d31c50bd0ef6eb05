import type { Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { ChangeEvent, Event } from '../changes/events.ts';
import { type Stale, staleBy } from './stale.ts';

/** Which nodes confirmed a change before its response was sent. */
export interface Propagation {
  readonly confirmedNodes: number;
  readonly totalNodes: number;
  /** From the commit to the last confirmation, milliseconds. */
  readonly milliseconds: number;
}

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
  onInvalidate(listener: (stale: Stale) => void): () => void;
  /**
   * Whether this node can't have missed a change that was answered. If false, no cached state may be used. Check
   * before every use. Costs only a clock read.
   */
  isCurrent(): boolean;
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
  stop(): Promise<void>;
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
    spansNodes: false,
    watch: () => () => {},
    async announce(changes) {
      const start = performance.now();
      announce(changes);
      return { confirmedNodes: 1, totalNodes: 1, milliseconds: performance.now() - start };
    },
  };
}

/** The listeners on this node. */
export interface LocalListeners extends Pick<EventBus, 'subscribe' | 'onInvalidate'> {
  emit(event: Event): void;
  invalidate(stale: Stale): void;
  /** Notifies them of changes that this node has committed, caches first. */
  announce(changes: readonly ChangeEvent[]): void;
}

export function localListeners(): LocalListeners {
  const listeners = new Set<(event: Event) => void>();
  const invalidationListeners = new Set<(stale: Stale) => void>();
  const emit = (event: Event): void => {
    for (const listener of listeners) listener(event);
  };
  const invalidate = (stale: Stale): void => {
    for (const listener of invalidationListeners) listener(stale);
  };
  return {
    emit,
    invalidate,
    announce(changes) {
      for (const stale of staleBy(changes)) invalidate(stale);
      for (const change of changes) if (!change.repeated) emit(change);
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
