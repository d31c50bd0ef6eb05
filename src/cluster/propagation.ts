import type { ChangeEvent } from '../changes/events.ts';
import { allConfirmed, type Confirmed, type Notified, type Propagation } from './bus.ts';
import type { Confirmations } from './confirmations.ts';
import type { LiveNode, Nodes } from './nodes.ts';
import { concernsKeys, staleBy } from './stale.ts';

interface Cluster {
  readonly nodes: Nodes;
  readonly confirmations: Confirmations;
  /** Reads the list of nodes after the commit, so that none is missed. */
  look(): Promise<void>;
  /** Those that this node has notified itself. */
  readonly notified: Notified;
}

/**
 * Resolves when no other node relies on the state before changes committed by `committedAt` (`performance.now()`):
 * each has confirmed them, or its lease has expired. Immediate if verifications don't depend on them.
 */
export async function propagated(
  changes: readonly ChangeEvent[],
  committedAt: number,
  { nodes, confirmations, look, notified }: Cluster,
): Promise<Propagation> {
  let live: ReadonlyMap<string, LiveNode> = nodes.liveAt(committedAt);
  const confirmed: Confirmed[] = [];
  const [first] = changes;
  if (first && staleBy(changes).some(concernsKeys)) {
    const looked = look().then(() => {
      live = nodes.liveAt(committedAt);
      return live;
    });
    const confirmedBy = await confirmations.allOf(first.id, looked, committedAt + nodes.longestLeaseMs);
    for (const [id, node] of live) {
      const notifiedThere = confirmedBy(id, node);
      if (notifiedThere) confirmed.push({ confirmed: 1, total: 0 }, notifiedThere);
    }
  }
  const here = await allConfirmed(notified);
  const sum = (which: keyof Confirmed): number =>
    confirmed.reduce((total, one) => total + one[which], here[which] + 1);
  return {
    confirmedNodes: sum('confirmed'),
    totalNodes: sum('total') + live.size,
    milliseconds: Number((performance.now() - committedAt).toFixed(2)),
  };
}
