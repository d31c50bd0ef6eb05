import { type Kysely, sql } from 'kysely';
import type { SyncLookup } from '../../db/open.ts';
import type { Tables } from '../../db/tables/tables.ts';
import type { Action, LoggedChange } from './events.ts';
import { CHANGES_PER_READ } from './read-changes.ts';

/** Maximum age of a check of the database, milliseconds: normally `maxAgeMs`, and `outageMs` while checks fail. */
export interface LookAge {
  readonly maxAgeMs: number;
  readonly outageMs: number;
}

/**
 * The change log of an embedded database, read by its synchronous driver, for caches that answer without waiting. Each
 * cache has its own instance.
 */
export class SyncChangeLog {
  readonly #version: () => number;
  readonly #position;
  readonly #changes;
  #known = Number.NaN;
  #changedAt = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(db: Kysely<Tables>, lookup: SyncLookup) {
    this.#version = () => lookup.version();
    this.#position = lookup.prepare<{ value: number }>(
      db.selectFrom('organization_sequences').select('value').where('organization_id', '=', '').compile(),
    );
    this.#changes = lookup.prepare<Omit<LoggedChange, 'organizationId'>>(
      db
        .selectFrom('audit_log')
        .select(['sequence', sql<Action>`action`.as('action'), 'target_id as targetId'])
        .where('organization_id', '=', '')
        .where('sequence', '>', 0)
        .orderBy('sequence')
        .limit(sql.lit(CHANGES_PER_READ))
        .compile(),
    );
  }

  /**
   * When a check last showed that any process had committed, by `performance.now()`, as is `now`. Throws if the
   * database can't be checked and the last check is too old.
   */
  changedAt(now: number, { maxAgeMs, outageMs }: LookAge): number {
    if (now - this.#lookedAt < maxAgeMs) return this.#changedAt;
    try {
      const version = this.#version();
      if (version !== this.#known) this.#changedAt = now;
      this.#known = version;
      this.#lookedAt = now;
    } catch (error) {
      if (now - this.#lookedAt >= outageMs) throw error;
    }
    return this.#changedAt;
  }

  /** The sequence of an organization's last change, or 0. */
  position(organizationId: string): number {
    return this.#position.first(organizationId)?.value ?? 0;
  }

  /** The changes after a sequence, up to `last` at least. Null if some are no longer kept, or there are too many. */
  read(organizationId: string, after: number, last: number): LoggedChange[] | null {
    const changes = this.#changes.all(organizationId, after);
    const isGapless = changes.every(({ sequence }, index) => sequence === after + 1 + index);
    const isComplete = changes.length < CHANGES_PER_READ && after <= last && last <= after + changes.length;
    return isGapless && isComplete ? changes.map((change) => ({ organizationId, ...change })) : null;
  }
}
