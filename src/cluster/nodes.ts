/** A row of the node table. */
export interface NodeRow {
  readonly id: string;
  readonly beat: number;
  readonly leaseMs: number;
  readonly watching: number;
  /** Signs its confirmations. Null: it signs none. */
  readonly secret: string | null;
}

/** A node that may still rely on the state before a change. */
export interface LiveNode {
  /** The latest time until which it does so, by `performance.now()`. */
  readonly until: number;
  readonly secret: string | null;
}

interface Sighting extends NodeRow {
  /** When this beat was first seen here, by `performance.now()`: some time after it happened. */
  readonly since: number;
}

/** A node's row is removed after this many leases without a beat. */
const LEASES_UNTIL_REMOVED = 10;

/** Clocks of two machines may each drift by 1 %, and a timer may fire early by its own resolution. */
export function withMargin(leaseMs: number): number {
  return leaseMs * 1.021 + 20;
}

/**
 * The other nodes, as seen from here. Clocks are never compared across nodes: only how long, by this node's own,
 * another has shown the same beat.
 */
export class Nodes {
  readonly #ownId: string;
  readonly #sightings = new Map<string, Sighting>();
  #longestLeaseMs: number;

  constructor(ownId: string, leaseMs: number) {
    this.#ownId = ownId;
    this.#longestLeaseMs = leaseMs;
  }

  /** Records all rows, as read at some time before `now`. */
  see(rows: readonly NodeRow[], now: number): void {
    const present = new Set(rows.map((row) => row.id));
    for (const id of this.#sightings.keys()) if (!present.has(id)) this.#sightings.delete(id);
    for (const row of rows) {
      if (row.id === this.#ownId) continue;
      const known = this.#sightings.get(row.id);
      const since = known?.beat === row.beat ? known.since : now;
      this.#sightings.set(row.id, { ...row, since });
      this.#longestLeaseMs = Math.max(this.#longestLeaseMs, row.leaseMs);
    }
  }

  /** Resets the ages of beats: after a crash of the database they may revert to earlier values. */
  lookAnew(): void {
    this.#sightings.clear();
  }

  /**
   * Nodes that may not know of a change committed by `committedAt`, and the latest time at which each stops relying on
   * its cache. A node can't have renewed its lease after it missed the change or after its last beat was seen.
   */
  liveAt(committedAt: number): Map<string, LiveNode> {
    const live = new Map<string, LiveNode>();
    for (const { id, leaseMs, since, secret } of this.#sightings.values()) {
      const until = Math.min(since, committedAt) + withMargin(leaseMs);
      if (until > committedAt) live.set(id, { until, secret });
    }
    return live;
  }

  /** Nodes that have not beaten for long enough to be considered gone. */
  gone(now: number): NodeRow[] {
    return [...this.#sightings.values()].filter(
      ({ leaseMs, since }) => now - since > LEASES_UNTIL_REMOVED * leaseMs,
    );
  }

  /** The longest lease of any node ever seen, plus its margin: an upper bound for all nodes. */
  get longestLeaseMs(): number {
    return withMargin(this.#longestLeaseMs);
  }

  /** A node as last read, or undefined. */
  get(id: string): NodeRow | undefined {
    return this.#sightings.get(id);
  }

  get rows(): readonly NodeRow[] {
    return [...this.#sightings.values()];
  }
}
