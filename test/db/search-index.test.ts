import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/index.ts';
import { type Database, type Engine, openDatabase } from '../../db/open.ts';
import { hasSearchIndex, keysContaining } from '../../db/queries/search-index.ts';
import { SQLite } from '../../db/sqlite/driver.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(engine: Engine, options: { empty?: boolean } = {}): Promise<Database> {
  const { url, drop } = await createTestDatabaseUrl(engine, options);
  closing.push(drop);
  const database = await openDatabase(url);
  closing.push(() => database.close());
  return database;
}

/** As a release before the index knows the tables: by SQL alone. */
async function insertKeys(
  { kysely: db }: Database,
  organizationId: string,
  texts: readonly string[],
): Promise<void> {
  await sql`insert into organizations (id, name, slug, key_prefix, permission_catalog, created_at)
    values (${organizationId}, 'Acme', ${organizationId}, 'kw', '[]', 1) on conflict do nothing`.execute(db);
  for (const text of texts)
    await sql`insert into api_keys (id, organization_id, name, name_key, environment, start, search_text, grants,
        ip_allowlist, metadata, enabled, created_at, created_by, updated_at, rotated_at, expires_at)
      values (${`key_${organizationId}_${text}`}, ${organizationId}, 'A', 'a', 'live', 'kw_live_1', ${text}, '[]', '[]', '{}', 1,
        1, 'system:cli', 1, 1, 2)`.execute(db);
}

async function found(
  { kysely: db }: Database,
  organizationId: string,
  text: string,
): Promise<string[] | null> {
  const ids = await keysContaining(db, organizationId, text)?.execute();
  return ids?.map(({ id }) => id.replace(`key_${organizationId}_`, '')).sort() ?? null;
}

onEachDatabase('the index for searching', (engine) => {
  test('has keys from before it, and those that a release without it writes', async () => {
    const database = await open(engine, { empty: true });
    const before = Object.entries(migrations).filter(([name]) => name < '0011');
    await migrate(database, () => {}, Object.fromEntries(before));
    await insertKeys(database, 'org_a', ['gateway one', 'gateway two', 'importer']);
    await insertKeys(database, 'org_b', ['gateway three']);
    await migrate(database);
    await insertKeys(database, 'org_a', ['gateway four']);
    await insertKeys(database, 'org_c', ['gateway five']);
    expect(await found(database, 'org_a', 'ateway')).toEqual(['gateway four', 'gateway one', 'gateway two']);
    expect(await found(database, 'org_b', 'ateway')).toEqual(['gateway three']);
    expect(await found(database, 'org_c', 'gateway five')).toEqual(['gateway five']);
    expect(await found(database, 'org_d', 'gateway')).toEqual([]);
    expect(await hasSearchIndex(database.kysely)).toBe(true);
  });

  test('follows changes and removals, and stays true when the database is cleaned up', async () => {
    const database = await open(engine);
    await insertKeys(database, 'org_a', ['gateway one', 'gateway two', 'gateway three']);
    const { kysely: db } = database;
    await sql`update api_keys set search_text = 'importer' where search_text = 'gateway one'`.execute(db);
    await sql`delete from api_keys where search_text = 'gateway two'`.execute(db);
    await sql.raw(engine === 'sqlite' ? 'vacuum' : 'vacuum api_keys').execute(db);
    await insertKeys(database, 'org_a', ['gateway two']);
    expect(await found(database, 'org_a', 'gateway')).toEqual(['gateway three', 'gateway two']);
    expect(await found(database, 'org_a', 'importer')).toEqual(['gateway one']);
  });

  test('takes no text that is too short for it, and any other as it is', async () => {
    const database = await open(engine);
    await insertKeys(database, 'org_a', ['say "hi" and not', 'a near b* ^abc', 'größe 100%_x']);
    expect([await found(database, 'org_a', 'ab'), await found(database, 'org_a', '')]).toEqual([null, null]);
    for (const [text, whole] of [
      ['"hi" and', 'say "hi" and not'],
      [' near b*', 'a near b* ^abc'],
      ['größe', 'größe 100%_x'],
      ['100%_x', 'größe 100%_x'],
    ] as const)
      expect(await found(database, 'org_a', text)).toEqual([whole]);
  });
});

test('SQLite tells how many keys it has indexed, and other processes write in between', async () => {
  const { url, drop } = await createTestDatabaseUrl('sqlite', { empty: true });
  closing.push(drop);
  const database = await openDatabase(url);
  closing.push(() => database.close());
  const before = Object.entries(migrations).filter(([name]) => name < '0011');
  await migrate(database, () => {}, Object.fromEntries(before));
  await insertKeys(database, 'org_a', ['gateway']);
  await sql`
    insert into api_keys (id, organization_id, name, name_key, environment, start, search_text, grants,
      ip_allowlist, metadata, enabled, created_at, created_by, updated_at, rotated_at, expires_at)
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 100000)
    select 'key_' || n, organization_id, name, name_key, environment, start, 'key ' || n, grants,
      ip_allowlist, metadata, enabled, created_at, created_by, updated_at, rotated_at, expires_at
    from numbers cross join api_keys`.execute(database.kysely);

  const other = new SQLite(url.slice('sqlite:'.length), { timeout: 0 });
  closing.push(async () => void other.close());
  const rename = other.prepare("update organizations set name = name || '.'");
  // Fails at once where the lock is held.
  const writer = setInterval(() => rename.run(), 25);
  closing.push(async () => clearInterval(writer));
  const lines: string[] = [];
  const until = Object.entries(migrations).filter(([name]) => name < '0012');
  await migrate(database, (line) => lines.push(line), Object.fromEntries(until));
  expect(lines).toEqual([
    'Migration 0011-searched-keys: Indexes what is searched of API keys',
    'Migration 0011-searched-keys: 100,000 keys indexed',
  ]);
  const { name } = other.prepare<[], { name: string }>('select name from organizations').get() ?? {
    name: '',
  };
  expect(name.length - 'Acme'.length).toBeGreaterThanOrEqual(5);
  expect(await found(database, 'org_a', 'y 12345')).toEqual(['key_12345']);
  expect(await found(database, 'org_a', 'ateway')).toEqual(['gateway']);
  // Merging goes on with each change, as it does without having been turned off.
  const settings = other.prepare("select v from api_key_search_config where k = 'automerge'").all();
  expect(settings).toEqual([{ v: 4 }]);
});
