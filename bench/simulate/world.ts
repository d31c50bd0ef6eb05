interface Entry {
  readonly time: number;
  readonly order: number;
  readonly run: () => void;
}

/** Simulated real time, in milliseconds, and everything that is going to happen. The same seed gives the same run. */
export class World {
  now = 0;
  readonly random: () => number;
  /** A binary heap by time, then by the order in which entries were added. */
  readonly #heap: Entry[] = [];
  #added = 0;

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  after(milliseconds: number, run: () => void): void {
    this.at(this.now + milliseconds, run);
  }

  at(time: number, run: () => void): void {
    const heap = this.#heap;
    const entry = { time: Math.max(time, this.now), order: this.#added++, run };
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (isBefore(heap[above], entry)) break;
      heap[at] = heap[above] as Entry;
      at = above;
    }
    heap[at] = entry;
  }

  /** Lets everything happen up to a time. */
  run(until: number): void {
    for (let next = this.#heap[0]; next && next.time <= until; next = this.#heap[0]) {
      this.#removeFirst();
      this.now = next.time;
      next.run();
    }
    this.now = until;
  }

  between(min: number, max: number): number {
    return min + this.random() * (max - min);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)] as T;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && !isBefore(heap[below], heap[below + 1] as Entry)) below += 1;
      if (isBefore(last, heap[below] as Entry)) break;
      heap[at] = heap[below] as Entry;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(one: Entry | undefined, other: Entry): boolean {
  return one !== undefined && (one.time < other.time || (one.time === other.time && one.order < other.order));
}

/** Always the same numbers from 0 up to 1 (Mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
