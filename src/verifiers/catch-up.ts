import type { SyncChangeLog } from '../changes/sync-change-log.ts';
import { type Stale, staleBy } from '../cluster/stale.ts';

/** Maximum age of a check of the database, milliseconds. Nothing is granted while checks fail. */
const LOOK_AGE = { maxAgeMs: 1, outageMs: 0 };

interface Followed {
  /** All changes up to this sequence have been passed on. */
  applied: number;
  /** When it was last known that nothing after `applied` was committed; `performance.now()`. */
  confirmedAt: number;
}

/**
 * Passes on the changes that other processes have committed to an embedded database. Those of this process are
 * announced.
 */
export class CatchUp {
  readonly #log: Pick<SyncChangeLog, 'changedAt' | 'position' | 'read'>;
  readonly #passOn: (stale: Stale) => void;
  readonly #followed = new Map<string, Followed>();

  constructor(log: Pick<SyncChangeLog, 'changedAt' | 'position' | 'read'>, passOn: (stale: Stale) => void) {
    this.#log = log;
    this.#passOn = passOn;
  }

  /** Follows an organization of which a verifier caches a key, as of this sequence. */
  follow(organizationId: string, sequence: number): void {
    const known = this.#followed.get(organizationId);
    // Later changes are passed on again: the verifier was not interested when they were.
    if (!known || sequence < known.applied)
      this.#followed.set(organizationId, { applied: sequence, confirmedAt: Number.NEGATIVE_INFINITY });
  }

  /** Changes were announced, and passed on. */
  heard({ organizationId, first, last }: Stale): void {
    const known = organizationId === null ? undefined : this.#followed.get(organizationId);
    if (known && first <= known.applied + 1) known.applied = Math.max(known.applied, last);
  }

  /** Passes on everything that was committed to these organizations. False if this can't be determined. */
  run(organizationIds: Iterable<string>): boolean {
    const now = performance.now();
    try {
      const changedAt = this.#log.changedAt(now, LOOK_AGE);
      for (const id of organizationIds) {
        const followed = this.#followed.get(id);
        if (followed && followed.confirmedAt < changedAt) this.#confirm(id, followed, now);
      }
      return true;
    } catch {
      return false;
    }
  }

  /** Stops following organizations of which nothing is cached. */
  keepOnly(isCached: (organizationId: string) => boolean): void {
    for (const id of this.#followed.keys()) if (!isCached(id)) this.#followed.delete(id);
  }

  #confirm(organizationId: string, followed: Followed, now: number): void {
    const { applied } = followed;
    const last = this.#log.position(organizationId);
    if (last !== applied) {
      const changes = this.#log.read(organizationId, applied, last);
      followed.applied = last;
      if (changes) for (const stale of staleBy(changes)) this.#passOn(stale);
      else this.#passOn({ organizationId, first: Math.min(applied + 1, last), last, keyIds: null });
    }
    followed.confirmedAt = now;
  }
}
