import type { Transaction } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { ChangeEvent, Event } from '../changes/events.ts';
import { type Stale, staleBy } from './stale.ts';

/** Which nodes had taken note of a change when its answer was sent. */
export interface Propagation {
  readonly confirmedNodes: number;
  readonly totalNodes: number;
  /** From the commit to the last confirmation, milliseconds. */
  readonly milliseconds: number;
}

/** Carries events to whoever listens, on this node and, behind another implementation, on others. */
export interface EventBus {
  /** Sends changes out with the transaction that makes them: nobody hears of them unless, and before, it commits. */
  prepare(tx: Transaction<Tables>, changes: readonly ChangeEvent[]): Promise<void>;
  /**
   * Announces committed changes, which were prepared. Where verifications depend on them, resolves when no node goes by
   * what was before: all have taken note, or have stopped to use what they remember. Never rejects.
   */
  announce(changes: readonly ChangeEvent[]): Promise<Propagation>;
  /** Passes on a use or a denial; never waits. A change goes to the listeners of this node only. */
  emit(event: Event): void;
  /**
   * Calls `listener` for every use and denial from now on, and for the changes that this node commits: those of all nodes
   * come from the change log. Returns how to stop. A listener must not throw.
   */
  subscribe(listener: (event: Event) => void): () => void;
  /**
   * Calls `listener` as soon as this node is notified of a change, before the response is sent: for caches of keys, and as
   * a hint that the log has more. It must not throw, and must be done when it returns. Returns how to stop.
   */
  onInvalidate(listener: (stale: Stale) => void): () => void;
  /**
   * Whether this node can't have missed a change that was answered. Where it may have, nothing that is remembered may be
   * used: ask first, at every single use. Costs no more than a look at a clock.
   */
  isCurrent(): boolean;
  /** Whether it reaches other nodes, so that `isCurrent` speaks of their changes too. */
  readonly spansNodes: boolean;
  /** Says that uses and denials of this organization are wanted here, from whichever node. Returns how to stop. */
  watch(organizationId: string): () => void;
}

/** How it stands with a bus between nodes, for metrics. */
export interface BusStatus {
  readonly current: boolean;
  readonly connected: boolean;
  /** This one included. */
  readonly nodes: number;
  readonly roundTripMs: number | null;
  readonly connectionsLost: number;
}

/** A bus that has to be started, and stopped by its owner. Until then it announces, but hears nothing. */
export interface StartableBus extends EventBus {
  /** Resolves when it is sure to hear the others, or when that takes too long: it goes on trying. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Null where there can be no other nodes. */
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

/** Who listens on this node. */
export interface LocalListeners extends Pick<EventBus, 'subscribe' | 'onInvalidate'> {
  emit(event: Event): void;
  invalidate(stale: Stale): void;
  /** Tells them of changes that this node has committed: caches first. */
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
      for (const change of changes) emit(change);
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
