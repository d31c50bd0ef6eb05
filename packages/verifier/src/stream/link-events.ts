import type { Stale } from '../../../../src/cluster/stale.ts';
import type { Disconnection } from './disconnection.ts';

/** Is called when the cached state of keys is no longer valid. If it returns a promise, the acknowledgment waits for it. */
// biome-ignore lint/suspicious/noConfusingVoidType: most listeners return nothing.
export type InvalidationListener = (stale: Stale) => void | Promise<unknown>;

/** What depends on a stream besides the cache. */
export interface LinkEvents {
  /** A lease was granted; `isFirst`: the first one after a welcome or a reset. */
  onLease(isFirst: boolean): void;
  /** The server wants these slices of rate limits back. */
  onRecall(slices: readonly string[]): void;
  /**
   * A stream began. `isSameWriter`: it continues the batches of the last one. `reportMs`: how long to collect usage before
   * it is reported, milliseconds.
   */
  onStream(isSameWriter: boolean, reportMs: number): void;
  /** The lease has ended, with its stream or by a reset. */
  onLeaseEnd(): void;
  onDisconnect(reason: Disconnection): void;
}
