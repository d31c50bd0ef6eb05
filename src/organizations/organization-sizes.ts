import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Tables } from '../../db/tables/tables.ts';
import type { Principal } from '../access/principal.ts';
import { readPositions } from '../changes/read-changes.ts';
import type { Clock } from '../core/clock.ts';

/** Tables in which an organization may have many rows. */
export type SizedTable = 'api_keys' | 'memberships' | 'teams' | 'roles' | 'audit_log';

/** Maximum number of index entries that are counted to determine a size: at most a millisecond. */
const PROBE_MAX = 5_000;

/** Assumed size of a larger table, used only to price a scan. */
const LARGE = 100_000;

/** Smallest size that is distinguished for callers who may not know the size of their organization. */
const COARSE_MIN = 500;

/** How long a size is cached, milliseconds. An organization doesn't outgrow its price in that time. */
const FRESH_MS = 60_000;

/** Maximum number of sizes that are cached. */
const REMEMBERED_MAX = 20_000;

/**
 * Approximate numbers of rows of organizations, for the cost of scans. Counts at most 5,000 index entries, at most once
 * a minute. Larger organizations count as 100,000.
 */
export class OrganizationSizes {
  readonly #db: Kysely<Tables>;
  readonly #clock: Clock;
  readonly #sizes = new LRUCache<string, { readonly rows: number; readonly at: number }>({
    max: REMEMBERED_MAX,
  });

  constructor({ db, clock }: { readonly db: Kysely<Tables>; readonly clock: Clock }) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Loads the sizes of these tables for `rows`. Returns immediately if they are cached. */
  async load(organizationIds: readonly string[], tables: readonly SizedTable[]): Promise<void> {
    for (const organizationId of organizationIds)
      for (const table of tables) {
        const known = this.#sizes.get(nameOf(organizationId, table));
        const now = this.#clock.monotonic();
        if (known && now - known.at < FRESH_MS) continue;
        const rows = await this.#read(organizationId, table);
        this.#sizes.set(nameOf(organizationId, table), { rows, at: now });
      }
  }

  /**
   * Approximate number of rows of the organization in the table, as far as the price may reveal it: callers who may not
   * see the whole organization get a coarse size. Null if it was not loaded, or isn't visible to the caller.
   */
  rows(principal: Principal | null, organizationId: string, table: SizedTable): number | null {
    if (!principal?.isOf(organizationId)) return null;
    const rows = this.#sizes.peek(nameOf(organizationId, table))?.rows ?? null;
    const seesAll = principal.keyScope === null && principal.can(organizationId, 'organization.view');
    return rows === null || seesAll ? rows : coarse(rows);
  }

  async #read(organizationId: string, table: SizedTable): Promise<number> {
    // Each change has an audit entry, of which the oldest may have been pruned.
    if (table === 'audit_log')
      return (await readPositions(this.#db, [organizationId])).get(organizationId) ?? 0;
    const some = this.#db
      .selectFrom(table)
      .select('organization_id')
      .where('organization_id', '=', organizationId)
      .limit(PROBE_MAX + 1);
    const { found } = await this.#db
      .selectFrom(some.as('some'))
      .select(({ fn }) => fn.countAll<number>().as('found'))
      .executeTakeFirstOrThrow();
    return Number(found) > PROBE_MAX ? LARGE : Number(found);
  }
}

/** The smallest of 500, 5,000, 50,000 … that is at least this number of rows. */
function coarse(rows: number): number {
  let size = COARSE_MIN;
  while (size < rows) size *= 10;
  return size;
}

function nameOf(organizationId: string, table: SizedTable): string {
  return `${organizationId} ${table}`;
}
