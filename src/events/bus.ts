import type { ChangeEvent, Event } from './events.ts';

/** Which nodes had taken note of a change when its answer was sent. */
export interface Propagation {
  readonly confirmedNodes: number;
  readonly totalNodes: number;
  /** From the commit to the last confirmation, milliseconds. */
  readonly milliseconds: number;
}

/** Carries events to whoever listens, on this node and, behind another implementation, on others. */
export interface EventBus {
  /** Announces committed changes. Resolves when every node that verifies keys has taken note of them. */
  announce(changes: readonly ChangeEvent[]): Promise<Propagation>;
  /** Passes on a use or a denial; never waits. */
  emit(event: Event): void;
  /** Calls `listener` for every event from now on. Returns how to stop. A listener must not throw. */
  subscribe(listener: (event: Event) => void): () => void;
}

/** The bus of a single node: listeners have run when `announce` resolves. */
export function inProcessBus(): EventBus {
  const listeners = new Set<(event: Event) => void>();
  const emit = (event: Event): void => {
    for (const listener of listeners) listener(event);
  };
  return {
    emit,
    async announce(changes) {
      const start = performance.now();
      for (const change of changes) emit(change);
      return { confirmedNodes: 1, totalNodes: 1, milliseconds: performance.now() - start };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
