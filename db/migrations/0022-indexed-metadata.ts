import { type Kysely, PostgresAdapter, sql } from 'kysely';
import { breathe, createIndex, type Progress } from './migration.ts';

export const title = 'Indexes the metadata of API keys';
export const apart = true;

/** Lets lists find the keys whose metadata has some members, among any number of keys. */
export async function up(db: Kysely<unknown>, progress?: Progress): Promise<void> {
  await (db.getExecutor().adapter instanceof PostgresAdapter
    ? createIndex(db, POSTGRES, progress)
    : upSqlite(db, progress));
}

/**
 * Each entry is a hash of organization, name and value, so a list reads no entries of other organizations. jsonb
 * rejects NUL and lone surrogates, which JSON allows: a noncharacter replaces them.
 */
const POSTGRES = {
  name: 'api_keys_by_metadata',
  on: 'api_keys',
  using: 'gin',
  columns: `(('{"' || organization_id || '":' || case when strpos(metadata, '\\u') = 0 then metadata
    else regexp_replace(metadata, '\\\\u(0000|d[89a-f][0-9a-f]{2})', '\\\\ufdd0', 'g') end || '}')::jsonb) jsonb_path_ops`,
} as const;

/** Triggers maintain the index, so that it includes writes of the previous release. */
async function upSqlite(db: Kysely<unknown>, progress?: Progress): Promise<void> {
  for (const statement of SQLITE) await sql.raw(statement).execute(db);
  // Merging only when required fills it in little more than half the time.
  await setAutomerge(db, 0);
  await indexKeys(db, progress);
  await setAutomerge(db, AUTOMERGE);
}

/** Default of FTS5: number of parts of an index on one level that are merged, gradually with every change. */
const AUTOMERGE = 4;

async function setAutomerge(db: Kysely<unknown>, parts: number): Promise<void> {
  await sql`insert into api_key_metadata (api_key_metadata, rank) values ('automerge', ${sql.lit(parts)})`.execute(
    db,
  );
}

/**
 * The words of a key's document: name, type and value of each member, in hexadecimal since a word has only letters and
 * digits. Lists and objects have none. Filters have at most 200 characters, so that a longer text equals none.
 */
const words = (keyId: string) => `(
  select group_concat(hex(substr(member.key, 1, 201)) || 'x' || substr(member.type, 1, 2)
    || hex(substr(member.atom, 1, 201)), ' ')
  from api_keys cross join json_each(api_keys.metadata) as member
  where api_keys.id = ${keyId} and member.type not in ('array', 'object'))`;

const index = (documents: string) => `
  insert or replace into api_key_metadata (rowid, members)
  select number, members from (select number, ${words('api_key_id')} as members from ${documents}) as indexed
  where members is not null`;

/** The documents have the numbers of the search index. Keys without metadata have none. */
const SQLITE = [
  `create virtual table if not exists api_key_metadata using fts5(
     members, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii')`,
  `create trigger if not exists api_key_documents_metadata_added after insert on api_key_documents begin
     ${index('(select new.number as number, new.api_key_id as api_key_id)')};
   end`,
  `create trigger if not exists api_key_documents_metadata_removed after delete on api_key_documents begin
     delete from api_key_metadata where rowid = old.number;
   end`,
  `create trigger if not exists api_keys_metadata_changed after update of metadata on api_keys
   when new.metadata is not old.metadata begin
     delete from api_key_metadata where rowid = (select number from api_key_documents where api_key_id = new.id);
     ${index('(select number, api_key_id from api_key_documents where api_key_id = new.id)')};
   end`,
];

/** Number of keys indexed per transaction, and of characters of their metadata: others wait for less than a second. */
const BATCH = 20_000;
const BATCH_LENGTH = 2_000_000;

/** Number of keys between two progress lines. */
const REPORTED = 100_000;

/** Adds documents for the keys that existed before the triggers. */
async function indexKeys(db: Kysely<unknown>, progress: Progress = () => {}): Promise<void> {
  for (let after = 0, done = 0; ; ) {
    const { rows } = await sql<{ last: number | null; keys: number }>`
      select max(number) as last, count(*) as keys from (
        select number, sum(length(metadata)) over earlier as total, row_number() over earlier as place
        from (
          select number, coalesce(metadata, '') as metadata
          from api_key_documents left join api_keys on api_keys.id = api_key_id
          where number > ${after} order by number limit ${BATCH})
        window earlier as (order by number))
      where total <= ${BATCH_LENGTH} or place = 1`.execute(db);
    const { last, keys } = rows[0] ?? { last: null, keys: 0 };
    if (last === null) return;
    await sql
      .raw(index(`api_key_documents where number > ${Number(after)} and number <= ${Number(last)}`))
      .execute(db);
    after = last;
    const reported = Math.floor(done / REPORTED);
    done += keys;
    const rounded = Math.floor(done / REPORTED);
    if (rounded > reported) progress(`${(rounded * REPORTED).toLocaleString('en')} keys indexed`);
    await breathe();
  }
}
