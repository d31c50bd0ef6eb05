import { type Kysely, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Engine } from '../database.ts';
import { isPostgres } from '../is-postgres.ts';
import type { Tables } from '../tables/tables.ts';
import { keysOfDocuments } from './search-index.ts';

/** Members that the metadata of a key must contain, with values that are not lists or objects. */
export type MetadataMembers = Readonly<Record<string, unknown>>;

/**
 * Texts that can't be compared: PostgreSQL's index replaces NUL and lone surrogates, as JSON.stringify escapes them, by
 * this noncharacter.
 */
const INCOMPARABLE = /\\u(?:0000|d[89a-f]|fdd0)|\ufdd0/;

/** Whether members can be looked up and compared exactly. */
export function isComparable(members: MetadataMembers): boolean {
  return !INCOMPARABLE.test(JSON.stringify(members));
}

/** The ids of an organization's keys whose metadata may have these members, by an index, as a query. */
export function keysWithMetadata(
  db: Kysely<Tables>,
  organizationId: string,
  members: MetadataMembers,
): SelectQueryBuilder<Tables, never, { id: string }> {
  if (isPostgres(db))
    return db
      .selectFrom('api_keys')
      .select('id')
      .where(containsOnPostgres(organizationId, members)) as SelectQueryBuilder<
      Tables,
      never,
      { id: string }
    >;
  // The words are those of the migration.
  const words = sql`(
    select group_concat('"' || hex(substr(member.key, 1, 201)) || 'x' || substr(member.type, 1, 2)
      || hex(substr(member.atom, 1, 201)) || '"', ' AND ')
    from json_each(${JSON.stringify(members)}) as member)`;
  return keysOfDocuments(db, 'api_key_metadata', organizationId, words);
}

/** Condition that the metadata of a key has these members, compared key by key. */
export function hasMetadata(
  engine: Engine,
  organizationId: string,
  members: MetadataMembers,
): RawBuilder<SqlBool> {
  // Written so that PostgreSQL doesn't use the index.
  if (engine === 'postgres') return sql<SqlBool>`(${containsOnPostgres(organizationId, members)}) is true`;
  // The text of a value is as JSON.stringify wrote it.
  const equal = Object.entries(members).map(
    ([name, value]) => sql`api_keys.metadata -> ${`$.${JSON.stringify(name)}`} = ${JSON.stringify(value)}`,
  );
  return sql<SqlBool>`(${sql.join(equal, sql` and `)}) is true`;
}

/** The expression is that of the index. */
function containsOnPostgres(organizationId: string, members: MetadataMembers): RawBuilder<SqlBool> {
  return sql<SqlBool>`(('{"' || api_keys.organization_id || '":' || case when strpos(api_keys.metadata, '\\u') = 0
    then api_keys.metadata else regexp_replace(api_keys.metadata, '\\\\u(0000|d[89a-f][0-9a-f]{2})', '\\\\ufdd0', 'g') end || '}')::jsonb)
    @> ${JSON.stringify({ [organizationId]: members })}::jsonb`;
}
