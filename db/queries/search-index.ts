import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { isPostgres } from '../is-postgres.ts';
import type { Tables } from '../tables/tables.ts';

/** The index on PostgreSQL, which needs extensions that a role may not be allowed to add. */
const SEARCH_INDEX = 'api_keys_by_search';

/**
 * Number of characters at the end of a text that are looked up: more would hardly match fewer keys, and take longer.
 */
const LOOKED_UP = 10;

/**
 * The ids of an organization's keys whose searchable text may contain this text, by the trigram index, as a query. Null
 * if the text is too short for the index. Texts of other organizations are neither read nor counted.
 */
export function keysContaining(
  db: Kysely<Tables>,
  organizationId: string,
  text: string,
): SelectQueryBuilder<Tables, never, { id: string }> | null {
  const characters = [...text].slice(-LOOKED_UP);
  if (isPostgres(db)) {
    const part = characters.join('');
    // Only letters and digits are indexed there.
    if (!/[\p{L}\p{N}]{3}/u.test(part)) return null;
    const pattern = `%${part.replace(/[\\%_]/g, '\\$&')}%`;
    const keys = db.selectFrom('api_keys').select('id').where('organization_id', '=', organizationId);
    return keys.where('search_text', 'like', pattern) as SelectQueryBuilder<Tables, never, { id: string }>;
  }
  if (characters.length < 3) return null;
  const threes = new Set(characters.slice(2).map((_, at) => characters.slice(at, at + 3).join('')));
  const match = [...threes].map((three) => `"${three.replaceAll('"', '""')}"`).join(' AND ');
  return keysOfDocuments(db, 'api_key_search', organizationId, sql`${match}`);
}

/** On SQLite: the ids of an organization's keys whose document in a full-text index matches, as a query. */
export function keysOfDocuments(
  db: Kysely<Tables>,
  index: 'api_key_search' | 'api_key_metadata',
  organizationId: string,
  match: RawBuilder<unknown>,
): SelectQueryBuilder<Tables, never, { id: string }> {
  // An organization's numbers are contiguous: the search is bounded by the first and the last of them.
  const last = (order: 'asc' | 'desc') =>
    sql`(select number from api_key_documents where organization_id = ${organizationId} order by number ${sql.raw(order)} limit 1)`;
  const documents = sql.table(index);
  // A join, so that only the required part is read.
  const found = sql<{ id: string }>`(
    select api_key_documents.api_key_id as id
    from ${documents} cross join api_key_documents on api_key_documents.number = ${documents}.rowid
    where ${documents} match ${match}
      and ${documents}.rowid >= ${last('asc')} and ${documents}.rowid <= ${last('desc')})`;
  return db.selectFrom(found.as('found')).select('found.id') as unknown as SelectQueryBuilder<
    Tables,
    never,
    { id: string }
  >;
}

/** Whether key search has an index. On PostgreSQL it has none if the role may not create the required extensions. */
export async function hasSearchIndex(db: Kysely<Tables>): Promise<boolean> {
  if (!isPostgres(db)) return true;
  const { rows } = await sql`
    select 1 from pg_index inner join pg_class on pg_class.oid = pg_index.indexrelid
    where pg_class.relname = ${SEARCH_INDEX} and pg_class.relnamespace = current_schema()::regnamespace
      and pg_index.indisvalid`.execute(db);
  return rows.length > 0;
}
