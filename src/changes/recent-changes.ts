import type { ChangeEvent } from './events.ts';

/** Maximum number of changes that are kept. */
const KEPT_MAX = 1_000;

/** Maximum number returned per call. */
const GIVEN_MAX = 500;

/**
 * The latest changes of an organization, kept while a follower is behind. A follower that is slightly behind gets the
 * same objects as the others without another read, so that derived results can be shared.
 */
export class RecentChanges {
  #behind = 0;
  /** In order, without gaps. */
  #changes: ChangeEvent[] = [];

  /** Keeps changes until the returned function is called. */
  enter(): () => void {
    this.#behind += 1;
    return () => {
      this.#behind -= 1;
      if (this.#behind === 0) this.#changes = [];
    };
  }

  /** Adds the change after the last one. */
  add(change: ChangeEvent): void {
    // A follower falls behind with a change that has already been added.
    if (this.#behind === 0) this.#changes.length = 0;
    this.#changes.push(change);
    if (this.#changes.length > 2 * KEPT_MAX) this.#changes.splice(0, KEPT_MAX);
  }

  /** Some of the changes after a sequence, in order. Null if the first of them is no longer kept. */
  after(sequence: number): readonly ChangeEvent[] | null {
    const first = this.#changes[0]?.sequence;
    if (first === undefined || sequence + 1 < first) return null;
    const start = sequence + 1 - first;
    const found = this.#changes.slice(start, start + GIVEN_MAX);
    return found.length > 0 ? found : null;
  }
}
