interface Awaited {
  readonly since: number;
  readonly from: Set<string>;
  changed: () => void;
}

/** Which nodes have confirmed which changes. */
export class Confirmations {
  readonly #awaited = new Map<string, Awaited>();

  /** From now on, confirmations of this change count: they may come before its own node knows of the commit. */
  expect(id: string, now: number): void {
    this.#expected(id, now);
  }

  confirm(id: string, nodeId: string): void {
    const awaited = this.#awaited.get(id);
    awaited?.from.add(nodeId);
    awaited?.changed();
  }

  /**
   * Waits until all of these nodes have confirmed the change, each until its time by `performance.now()` at most. While
   * `nodeIds` is under way, until `atMost`. Resolves with who has.
   */
  async allOf(
    id: string,
    nodes: Promise<ReadonlyMap<string, number>>,
    atMost: number,
  ): Promise<ReadonlySet<string>> {
    const awaited = this.#awaited.get(id) ?? this.#expected(id, performance.now());
    let known: ReadonlyMap<string, number> | undefined;
    nodes.then(
      (found) => {
        known = found;
        awaited.changed();
      },
      () => {},
    );
    for (;;) {
      const until = known ? latest(known, awaited.from) : atMost;
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
    return awaited.from;
  }

  /** Drops those nobody waits for: their transactions never committed. */
  prune(before: number): void {
    for (const [id, { since }] of this.#awaited) if (since < before) this.#awaited.delete(id);
  }

  get size(): number {
    return this.#awaited.size;
  }

  #expected(id: string, since: number): Awaited {
    const awaited = { since, from: new Set<string>(), changed: () => {} };
    this.#awaited.set(id, awaited);
    return awaited;
  }
}

/** The last moment at which one of those missing may still count; in the past where none is missing. */
function latest(nodes: ReadonlyMap<string, number>, from: ReadonlySet<string>): number {
  let until = Number.NEGATIVE_INFINITY;
  for (const [nodeId, time] of nodes) if (!from.has(nodeId) && time > until) until = time;
  return until;
}
