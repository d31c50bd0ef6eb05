import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type pg from 'pg';
import { UnavailableError } from '../../src/core/errors.ts';
import { breathe, createIndex, type Progress } from './migration.ts';

export const title = 'Indexes what is searched of API keys';
export const apart = true;

/** Number of keys indexed per transaction, so that other writers wait for less than a second. */
const BATCH = 20_000;

/** Number of keys between two progress lines. */
const REPORTED = 5 * BATCH;

/** Default of FTS5: number of parts of an index on one level that are merged, gradually with every change. */
const AUTOMERGE = 4;

/** Adds a trigram index, so that a search finds rare texts without reading every key. */
export async function up(db: Kysely<unknown>, progress?: Progress): Promise<void> {
  await (db.getExecutor().adapter instanceof PostgresAdapter
    ? upPostgres(db, progress)
    : upSqlite(db, progress));
}

/**
 * PostgreSQL's error codes for an extension that may not be created, isn't available or installed, or has no such
 * operator class.
 */
const NO_EXTENSION: readonly unknown[] = ['42501', '0A000', '58P01', '42704'];

/**
 * The extensions are part of PostgreSQL, but a role may lack the privilege to create them. Lists work without them, but
 * slower.
 */
async function upPostgres(db: Kysely<unknown>, progress: Progress = () => {}): Promise<void> {
  try {
    await sql`create extension if not exists pg_trgm`.execute(db);
    await sql`create extension if not exists btree_gin`.execute(db);
    const columns = `organization_id, search_text ${await trigramClass(db)}`;
    await createIndex(db, { name: 'api_keys_by_search', on: 'api_keys', columns, using: 'gin' }, progress);
  } catch (error) {
    const { code, message } = (error instanceof UnavailableError ? error.cause : error) as pg.DatabaseError;
    // After any other error, such as a lost connection, the migration counts as not applied, and is repeated.
    if (!NO_EXTENSION.includes(code)) throw error;
    progress(`searching is slow: the extensions pg_trgm and btree_gin can’t be used (${message})`);
  }
}

/**
 * The class's qualified name as SQL: an administrator may have created the extension in a schema outside the search
 * path.
 */
async function trigramClass(db: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select quote_ident(nspname) || '.gin_trgm_ops' as name
    from pg_extension inner join pg_namespace on pg_namespace.oid = extnamespace
    where extname = 'pg_trgm'`.execute(db);
  return rows[0]?.name ?? 'gin_trgm_ops';
}

/** Triggers maintain the index, so that it includes writes of the previous release. */
async function upSqlite(db: Kysely<unknown>, progress?: Progress): Promise<void> {
  for (const statement of SQLITE) await sql.raw(statement).execute(db);
  // Merging only when required, sixteen parts at a time, fills it in little more than half the time.
  await setAutomerge(db, 0);
  await indexKeys(db, progress);
  await setAutomerge(db, AUTOMERGE);
}

async function setAutomerge(db: Kysely<unknown>, parts: number): Promise<void> {
  await sql`insert into api_key_search (api_key_search, rank) values ('automerge', ${sql.lit(parts)})`.execute(
    db,
  );
}

/*
 * Documents have their own numbers, because the `rowid` of keys may change. Those of one organization have the same
 * upper 32 bits, so that its search skips other organizations' documents; the first one belongs to the organization and
 * has no text. Texts and trigram positions are not stored.
 */
const LAST_NUMBER = 'select max(number) from api_key_documents where organization_id =';

const SQLITE = [
  `create table if not exists api_key_documents (
     number integer primary key not null, organization_id text not null, api_key_id text not null unique)`,
  `create index if not exists api_key_documents_by_organization on api_key_documents (organization_id, number)`,
  `create virtual table if not exists api_key_search using fts5(
     text, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1')`,
  `create trigger if not exists api_key_documents_added after insert on api_key_documents begin
     insert into api_key_search (rowid, text)
     select new.number, search_text from api_keys where id = new.api_key_id;
   end`,
  `create trigger if not exists api_key_documents_removed after delete on api_key_documents begin
     delete from api_key_search where rowid = old.number;
   end`,
  `create trigger if not exists organizations_document_added after insert on organizations begin
     insert into api_key_documents (number, organization_id, api_key_id)
     select (coalesce(max(number) >> 32, 0) + 1) << 32, new.id, new.id from api_key_documents;
   end`,
  `insert into api_key_documents (number, organization_id, api_key_id)
     select (coalesce((select max(number) >> 32 from api_key_documents), 0) + row_number() over (order by id)) << 32, id, id
     from organizations where id not in (select organization_id from api_key_documents)`,
  `create trigger if not exists api_keys_document_added after insert on api_keys begin
     insert into api_key_documents (number, organization_id, api_key_id)
     values ((${LAST_NUMBER} new.organization_id) + 1, new.organization_id, new.id);
   end`,
  `create trigger if not exists api_keys_document_changed after update of search_text on api_keys
   when new.search_text is not old.search_text begin
     insert or replace into api_key_search (rowid, text)
     select number, new.search_text from api_key_documents where api_key_id = new.id;
   end`,
  `create trigger if not exists api_keys_document_removed after delete on api_keys begin
     delete from api_key_documents where api_key_id = old.id;
   end`,
];

/** Adds documents for the keys that existed before the triggers, in the order in which their rows are stored. */
async function indexKeys(db: Kysely<unknown>, progress: Progress = () => {}): Promise<void> {
  for (let after = 0, done = 0; ; ) {
    const { rows } = await sql<{ last: number | null; keys: number }>`
      select max(at) as last, count(*) as keys from (
        select rowid as at from api_keys where rowid > ${after} order by rowid limit ${BATCH})`.execute(db);
    const { last, keys } = rows[0] ?? { last: null, keys: 0 };
    if (last === null) return;
    await sql`
      insert into api_key_documents (number, organization_id, api_key_id)
      select (${sql.raw(LAST_NUMBER)} api_keys.organization_id)
        + row_number() over (partition by organization_id order by rowid), organization_id, id
      from api_keys
      where rowid > ${after} and rowid <= ${last}
        and not exists (select 1 from api_key_documents where api_key_id = api_keys.id)`.execute(db);
    after = last;
    done += keys;
    if (done % REPORTED === 0) progress(`${done.toLocaleString('en')} keys indexed`);
    await breathe();
  }
}
