import type { LiveNode } from './nodes.ts';
import { proofOf } from './proofs.ts';

/** Most claims kept of one change: whoever can connect to the database can make up as many as they like. */
const CLAIMS_MAX = 4_096;

interface Awaited {
  readonly since: number;
  /** Who says to have confirmed it, with what for a proof: believed only where it is one. */
  readonly claims: Set<string>;
  changed: () => void;
}

/** Which nodes have confirmed which changes. */
export class Confirmations {
  readonly #awaited = new Map<string, Awaited>();

  /** From now on, confirmations of this change count: they may come before its own node knows of the commit. */
  expect(id: string, now: number): void {
    this.#expected(id, now);
  }

  /** Takes note of a confirmation. Whether the proof is one can be told only when the node's row has been read. */
  confirm(id: string, nodeId: string, proof: string): void {
    const awaited = this.#awaited.get(id);
    if (!awaited || awaited.claims.size >= CLAIMS_MAX) return;
    awaited.claims.add(claimOf(nodeId, proof));
    awaited.changed();
  }

  /**
   * Waits until all of these nodes have confirmed the change, each until its time by `performance.now()` at most. While
   * `nodes` is under way, until `atMost`. Resolves with whether a node has.
   */
  async allOf(
    id: string,
    nodes: Promise<ReadonlyMap<string, LiveNode>>,
    atMost: number,
  ): Promise<(nodeId: string, node: LiveNode) => boolean> {
    const awaited = this.#awaited.get(id) ?? this.#expected(id, performance.now());
    const hasConfirmed = (nodeId: string, { secret }: LiveNode): boolean =>
      secret !== null && awaited.claims.has(claimOf(nodeId, proofOf(secret, id)));
    let known: ReadonlyMap<string, LiveNode> | undefined;
    nodes.then(
      (found) => {
        known = found;
        awaited.changed();
      },
      () => {},
    );
    for (;;) {
      const until = known ? latest(known, hasConfirmed) : atMost;
      const left = until - performance.now();
      if (left <= 0) break;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        awaited.changed = resolve;
        timer = setTimeout(resolve, Math.ceil(left));
      });
      clearTimeout(timer);
    }
    this.#awaited.delete(id);
    return hasConfirmed;
  }

  /** Drops those nobody waits for: their transactions never committed. */
  prune(before: number): void {
    for (const [id, { since }] of this.#awaited) if (since < before) this.#awaited.delete(id);
  }

  get size(): number {
    return this.#awaited.size;
  }

  #expected(id: string, since: number): Awaited {
    const awaited = { since, claims: new Set<string>(), changed: () => {} };
    this.#awaited.set(id, awaited);
    return awaited;
  }
}

function claimOf(nodeId: string, proof: string): string {
  return `${nodeId} ${proof}`;
}

/** The last moment at which one of those missing may still count; in the past where none is missing. */
function latest(
  nodes: ReadonlyMap<string, LiveNode>,
  hasConfirmed: (nodeId: string, node: LiveNode) => boolean,
): number {
  let until = Number.NEGATIVE_INFINITY;
  for (const [nodeId, node] of nodes)
    if (node.until > until && !hasConfirmed(nodeId, node)) until = node.until;
  return until;
}
