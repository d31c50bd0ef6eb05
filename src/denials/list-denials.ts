import { type SelectQueryBuilder, sql } from 'kysely';
import { isPostgres } from '../../db/is-postgres.ts';
import { type Page, type PageArgs, readPage, type Sort, type Walks } from '../../db/queries/page.ts';
import type { Tables } from '../../db/tables/tables.ts';
import { isInScope, keyScopeOf } from '../access/key-scope.ts';
import { requireOrganization } from '../access/require-organization.ts';
import { isProvided } from '../core/provided.ts';
import { flushUsage } from '../keys/flush-usage.ts';
import type { KeysContext } from '../keys/pending-usage.ts';
import { type DenialFilter, readDenialFilter } from './denial-filter.ts';

/** Denied verifications of one minute with the same key, code and address. */
export interface Denial {
  /** Of the first one, milliseconds since the epoch. */
  readonly occurredAt: number;
  readonly code: string;
  /** Null: unknown, or counted without it. */
  readonly keyId: string | null;
  readonly ip: string | null;
  readonly count: number;
}

const NEWEST_FIRST: Sort = {
  name: 'denials',
  column: 'denials.occurred_at',
  type: 'number',
  idColumn: 'denials.id',
  direction: 'desc',
};

/** As much as the API can express. */
const COUNT_MAX = 2 ** 31 - 1;

const COLUMNS = ['occurred_at', 'code', 'api_key_id', 'ip', 'count'] as const;

type Query = SelectQueryBuilder<
  Tables,
  'denials',
  Pick<
    { occurred_at: number; code: string; api_key_id: string | null; ip: string; count: number },
    (typeof COLUMNS)[number]
  >
>;

/**
 * A page of an organization's denied verifications, newest first, including unwritten ones. A caller limited to teams
 * sees those of visible keys, and none of unknown keys. Requires `api.key.view`. Rejects with NotFoundError, and with
 * BAD_USER_INPUT for invalid arguments.
 */
export async function listDenials(
  ctx: KeysContext,
  organizationId: string,
  filter: DenialFilter,
  page: PageArgs,
): Promise<Page<Denial>> {
  await requireOrganization(ctx, organizationId, 'api.key.view');
  const { from, to } = filter;
  const { apiKeyId, ip, codes } = readDenialFilter(filter);
  await flushUsage(ctx);
  const scope = keyScopeOf(ctx);
  const far = () => ctx.scans.reader(ctx.db, 'denials', organizationId);
  const isNarrow = isProvided(apiKeyId) || ip !== null;
  const isWhole = scope === null && !(isProvided(apiKeyId) && ip !== null) && !(isNarrow && codes !== null);
  const db = isWhole ? ctx.db : await far();
  // SQLite chooses an index without statistics: only one applies.
  const aside = (column: string) => (isPostgres(db) ? sql.ref(column) : sql`${sql.ref(column)} || ''`);
  let rows: Query = db.selectFrom('denials').select(COLUMNS);
  if (isProvided(apiKeyId)) {
    rows = rows.where('api_key_id', '=', apiKeyId);
    rows = rows.where(sql<boolean>`${aside('organization_id')} = ${organizationId}`);
    if (ip !== null) rows = rows.where(sql<boolean>`${aside('ip')} = ${ip}`);
  } else {
    rows = rows.where('organization_id', '=', organizationId);
    if (ip !== null) rows = rows.where('ip', '=', ip);
  }
  if (isProvided(from)) rows = rows.where('occurred_at', '>=', from);
  if (isProvided(to)) rows = rows.where('occurred_at', '<', to);
  if (scope) rows = rows.where(isInScope(scope, 'denials.api_key_id'));
  const toDenial = (row: Awaited<ReturnType<Query['execute']>>[number]): Denial => ({
    occurredAt: Number(row.occurred_at),
    code: row.code,
    keyId: row.api_key_id,
    ip: row.ip === '' ? null : row.ip,
    count: Math.min(Number(row.count), COUNT_MAX),
  });
  if (codes === null) return readPage(rows, NEWEST_FIRST, page, toDenial, far);
  if (codes.length === 0) return readPage(rows.where(sql<boolean>`1 = 0`), NEWEST_FIRST, page, toDenial, far);
  if (isNarrow) {
    const matching = rows.where(sql<boolean>`${aside('code')} in (${sql.join(codes)})`);
    return readPage(matching, NEWEST_FIRST, page, toDenial, far);
  }
  // One walk for each code, along its index.
  const walks: Walks<Query> = (narrow) => {
    const union = codes
      .map((code) => db.selectFrom(narrow(rows.where('code', '=', code)).as('page')).selectAll())
      .reduce((before, next) => before.unionAll(next));
    return db.selectFrom(union.as('page')).selectAll() as unknown as Query;
  };
  return readPage(walks, NEWEST_FIRST, page, toDenial, far);
}
