import type { ChangeEvent } from '../changes/events.ts';
import type { Propagation } from './bus.ts';
import type { Confirmations } from './confirmations.ts';
import type { LiveNode, Nodes } from './nodes.ts';
import { concernsKeys, staleBy } from './stale.ts';

interface Cluster {
  readonly nodes: Nodes;
  readonly confirmations: Confirmations;
  /** Reads the list of nodes after the commit, so that none is missed. */
  look(): Promise<void>;
}

/**
 * Resolves when no other node relies on the state before changes committed by `committedAt` (`performance.now()`):
 * each has confirmed them, or its lease has expired. Immediate if verifications don't depend on them.
 */
export async function propagated(
  changes: readonly ChangeEvent[],
  committedAt: number,
  { nodes, confirmations, look }: Cluster,
): Promise<Propagation> {
  let live: ReadonlyMap<string, LiveNode> = nodes.liveAt(committedAt);
  let confirmed = 0;
  const [first] = changes;
  if (first && staleBy(changes).some(concernsKeys)) {
    const looked = look().then(() => {
      live = nodes.liveAt(committedAt);
      return live;
    });
    const hasConfirmed = await confirmations.allOf(first.id, looked, committedAt + nodes.longestLeaseMs);
    confirmed = [...live].filter(([id, node]) => hasConfirmed(id, node)).length;
  }
  return {
    confirmedNodes: confirmed + 1,
    totalNodes: live.size + 1,
    milliseconds: Number((performance.now() - committedAt).toFixed(2)),
  };
}
