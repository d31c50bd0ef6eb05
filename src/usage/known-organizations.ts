import { LRUCache } from 'lru-cache';

/** Only organizations that exist are cached: at most this many. */
const KNOWN_MAX = 10_000;

/** Organizations known to exist, because a key of theirs was presented or a denial of theirs was written. */
export class KnownOrganizations {
  /** Made when it is needed: it reserves memory for all of them, and a large batch has hundreds of parts. */
  #ids: LRUCache<string, true> | null = null;

  add(id: string): void {
    this.#ids ??= new LRUCache({ max: KNOWN_MAX });
    this.#ids.set(id, true);
  }

  has(id: string): boolean {
    return this.#ids?.get(id) === true;
  }
}
