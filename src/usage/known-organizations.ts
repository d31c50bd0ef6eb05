import { LRUCache } from 'lru-cache';

/** Only organizations that exist are cached: at most this many. */
const KNOWN_MAX = 10_000;

/** Organizations known to exist, because a key of theirs was presented or a denial of theirs was written. */
export class KnownOrganizations {
  readonly #ids = new LRUCache<string, true>({ max: KNOWN_MAX });

  add(id: string): void {
    this.#ids.set(id, true);
  }

  has(id: string): boolean {
    return this.#ids.get(id) === true;
  }
}
