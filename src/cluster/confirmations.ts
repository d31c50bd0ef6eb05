import { signAck } from './ack-signing.ts';
import type { Confirmed } from './bus.ts';
import type { LiveNode } from './nodes.ts';

/**
 * Maximum number of unverified claims kept per change: anyone who can connect to the database can forge them. Beyond
 * it, the latest are kept.
 */
const CLAIMS_MAX = 4_096;

const NOBODY: Confirmed = { confirmed: 0, total: 0 };

interface Awaited {
  readonly since: number;
  /** Nodes with a valid proof, with what they have notified. */
  readonly confirmed: Map<string, Confirmed>;
  /** The same for nodes that claim to have confirmed it, by node and proof. Counts once the proof is verified. */
  readonly claims: Map<string, Confirmed>;
  /** The expected proof of a node whose row was read. */
  readonly proofs: Map<string, { readonly secret: string; readonly proof: string }>;
  changed: () => void;
}

/** Which nodes have confirmed which changes. */
export class Confirmations {
  readonly #awaited = new Map<string, Awaited>();
  readonly #secretOf: (nodeId: string) => string | null | undefined;

  /** `secretOf` returns a node's signing secret if its row was read. Null: it signs nothing. */
  constructor(secretOf: (nodeId: string) => string | null | undefined = () => undefined) {
    this.#secretOf = secretOf;
  }

  /** Starts counting confirmations of this change: they may arrive before its own node knows of the commit. */
  expect(id: string, now: number): void {
    this.#expected(id, now);
  }

  /** Records a confirmation. The proof can't be verified until the node's row is read. */
  confirm(id: string, nodeId: string, proof: string, notified = NOBODY): void {
    const awaited = this.#awaited.get(id);
    if (!awaited || awaited.confirmed.has(nodeId)) return;
    if (proof === this.#expectedOf(awaited, nodeId, id)) awaited.confirmed.set(nodeId, notified);
    else addClaim(awaited.claims, claimOf(nodeId, proof), notified);
    awaited.changed();
  }

  /**
   * Waits until all of these nodes have confirmed the change, each until its deadline by `performance.now()`. While
   * `nodes` is pending, waits until `atMost`. Resolves with a function that tells what a node has confirmed, null if
   * nothing.
   */
  async allOf(
    id: string,
    nodes: Promise<ReadonlyMap<string, LiveNode>>,
    atMost: number,
  ): Promise<(nodeId: string, node: LiveNode) => Confirmed | null> {
    const awaited = this.#awaited.get(id) ?? this.#expected(id, performance.now());
    const confirmedBy = (nodeId: string, { secret }: LiveNode): Confirmed | null =>
      awaited.confirmed.get(nodeId) ??
      (secret === null ? null : (awaited.claims.get(claimOf(nodeId, signAck(secret, id))) ?? null));
    let known: ReadonlyMap<string, LiveNode> | undefined;
    nodes.then(
      (found) => {
        known = found;
        awaited.changed();
      },
      () => {},
    );
    for (;;) {
      const until = known ? latest(known, confirmedBy) : atMost;
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
    return confirmedBy;
  }

  /** Drops changes without a waiter: their transactions never committed. */
  prune(before: number): void {
    for (const [id, { since }] of this.#awaited) if (since < before) this.#awaited.delete(id);
  }

  get size(): number {
    return this.#awaited.size;
  }

  /** The proof expected of this node, computed once per change regardless of the number of claims. */
  #expectedOf({ proofs }: Awaited, nodeId: string, id: string): string | null {
    const secret = this.#secretOf(nodeId) ?? null;
    if (secret === null) return null;
    const known = proofs.get(nodeId);
    if (known?.secret === secret) return known.proof;
    const proof = signAck(secret, id);
    proofs.set(nodeId, { secret, proof });
    return proof;
  }

  #expected(id: string, since: number): Awaited {
    const awaited: Awaited = {
      since,
      confirmed: new Map(),
      claims: new Map(),
      proofs: new Map(),
      changed: () => {},
    };
    this.#awaited.set(id, awaited);
    return awaited;
  }
}

function addClaim(claims: Map<string, Confirmed>, claim: string, notified: Confirmed): void {
  const [oldest] = claims.size >= CLAIMS_MAX ? claims.keys() : [];
  if (oldest !== undefined) claims.delete(oldest);
  claims.set(claim, notified);
}

function claimOf(nodeId: string, proof: string): string {
  return `${nodeId} ${proof}`;
}

/** The latest deadline of the missing nodes, in the past if none is missing. */
function latest(
  nodes: ReadonlyMap<string, LiveNode>,
  confirmedBy: (nodeId: string, node: LiveNode) => Confirmed | null,
): number {
  let until = Number.NEGATIVE_INFINITY;
  for (const [nodeId, node] of nodes)
    if (node.until > until && !confirmedBy(nodeId, node)) until = node.until;
  return until;
}
