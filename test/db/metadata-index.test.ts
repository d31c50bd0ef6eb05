import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/index.ts';
import { type Database, type Engine, openDatabase } from '../../db/open.ts';
import { hasMetadata, keysWithMetadata, type MetadataMembers } from '../../db/queries/metadata-index.ts';
import { SQLite } from '../../db/sqlite/driver.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';

const INDEX = '0022-indexed-metadata';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(engine: Engine, before?: string): Promise<Database> {
  const { url, drop } = await createTestDatabaseUrl(engine, { empty: before !== undefined });
  closing.push(drop);
  const database = await openDatabase(url);
  closing.push(() => database.close());
  if (before === undefined) return database;
  const earlier = Object.entries(migrations).filter(([name]) => name < before);
  await migrate(database, () => {}, Object.fromEntries(earlier));
  return database;
}

/** As a release without the index writes them: by SQL alone. */
async function insertKeys(
  { kysely: db }: Database,
  organizationId: string,
  keys: Readonly<Record<string, unknown>>,
): Promise<void> {
  await sql`insert into organizations (id, name, slug, key_prefix, permission_catalog, created_at)
    values (${organizationId}, 'Acme', ${organizationId}, 'kw', '[]', 1) on conflict do nothing`.execute(db);
  for (const [id, metadata] of Object.entries(keys))
    await sql`insert into api_keys (id, organization_id, name, name_key, environment, start, search_text, grants,
        ip_allowlist, metadata, enabled, created_at, created_by, updated_at, rotated_at, expires_at)
      values (${`${organizationId}_${id}`}, ${organizationId}, 'A', 'a', 'live', 'kw_live_1', 'a', '[]', '[]',
        ${JSON.stringify(metadata)}, 1, 1, 'system:cli', 1, 1, 2)`.execute(db);
}

/** The keys that the index leads to, which are those that have the members. */
async function found(
  { kysely: db, engine }: Database,
  organizationId: string,
  members: MetadataMembers,
): Promise<string[]> {
  const indexed = await keysWithMetadata(db, organizationId, members).execute();
  const compared = await db
    .selectFrom('api_keys')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where(hasMetadata(engine, organizationId, members))
    .execute();
  const [ids, others] = [indexed, compared].map((rows) =>
    rows.map(({ id }) => id.slice(organizationId.length + 1)).sort(),
  );
  expect(ids).toEqual(others);
  return ids ?? [];
}

onEachDatabase('the index of metadata', (engine) => {
  test('has keys from before it, and those that a release without it writes', async () => {
    const database = await open(engine, INDEX);
    await insertKeys(database, 'org_a', { one: { plan: 'pro' }, two: { plan: 'free' }, none: {} });
    await insertKeys(database, 'org_b', { one: { plan: 'pro' } });
    await migrate(database);
    await insertKeys(database, 'org_a', { three: { seats: 1, plan: 'pro' } });
    await insertKeys(database, 'org_c', { one: { plan: 'pro' } });
    expect(await found(database, 'org_a', { plan: 'pro' })).toEqual(['one', 'three']);
    expect(await found(database, 'org_a', { plan: 'pro', seats: 1 })).toEqual(['three']);
    expect(await found(database, 'org_b', { plan: 'pro' })).toEqual(['one']);
    expect(await found(database, 'org_c', { plan: 'pro' })).toEqual(['one']);
    expect(await found(database, 'org_d', { plan: 'pro' })).toEqual([]);
  });

  test('is completed after a crash in the middle', async () => {
    const database = await open(engine, INDEX);
    await insertKeys(database, 'org_a', { one: { plan: 'pro' }, two: { plan: 'pro' } });
    const { up } = migrations[INDEX] ?? expect.fail('no such migration');
    const crash = () => Promise.reject(new Error('crash'));
    const broken = database.kysely.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: ({ result }) =>
        'rows' in result && result.rows.length > 0 ? crash() : Promise.resolve(result),
    });
    await up(broken as never).catch(() => {});
    await migrate(database);
    await migrate(database);
    expect(await found(database, 'org_a', { plan: 'pro' })).toEqual(['one', 'two']);
  });

  test('follows changes and removals, and stays true when the database is cleaned up', async () => {
    const database = await open(engine);
    const { kysely: db } = database;
    await insertKeys(database, 'org_a', { one: { plan: 'pro' }, two: { plan: 'pro' }, three: {} });
    await sql`update api_keys set metadata = '{"plan":"free"}' where id = 'org_a_one'`.execute(db);
    await sql`update api_keys set metadata = '{"plan":"pro"}' where id = 'org_a_three'`.execute(db);
    await sql`delete from api_keys where id = 'org_a_two'`.execute(db);
    await sql.raw(engine === 'sqlite' ? 'vacuum' : 'vacuum api_keys').execute(db);
    expect(await found(database, 'org_a', { plan: 'pro' })).toEqual(['three']);
    await sql`update api_keys set metadata = '{}' where id = 'org_a_three'`.execute(db);
    await insertKeys(database, 'org_a', { two: { plan: 'free' } });
    expect(await found(database, 'org_a', { plan: 'pro' })).toEqual([]);
    expect(await found(database, 'org_a', { plan: 'free' })).toEqual(['one', 'two']);
  });

  test('tells values of different types apart, and looks into no list or object', async () => {
    const database = await open(engine);
    const values = {
      text: '1',
      number: 1,
      true: true,
      false: false,
      zero: 0,
      null: null,
      empty: '',
      word: 'true',
    };
    const keys = Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { v: value }]));
    await insertKeys(database, 'org_a', {
      ...keys,
      list: { v: ['1', 1, true, null] },
      object: { v: { v: '1' }, w: { v: null } },
      none: { w: '1' },
      upper: { V: '1' },
    });
    for (const [id, value] of Object.entries(values))
      expect(await found(database, 'org_a', { v: value })).toEqual([id]);
  });

  test('takes every name and text as it is, however long or strange', async () => {
    const database = await open(engine);
    const texts = [
      ...[
        '',
        'a',
        'A',
        'a b',
        '"',
        '\\',
        "'",
        '$',
        '$.a',
        '[0]',
        '{}',
        '%',
        '_',
        '*',
        '\n',
        '\u0001',
        '\u2028',
      ],
      ...['ü', 'u\u0308', '🗝', '__proto__', 'constructor', '" OR "', 'AND', 'NOT', 'members : a', '\\"'],
      ...['x'.repeat(200), `${'x'.repeat(199)}y`, '🗝'.repeat(100)],
    ];
    const keys = Object.fromEntries(
      texts.flatMap((text, at) => [
        [`value${at}`, { v: text }],
        [`name${at}`, JSON.parse(`{${JSON.stringify(text)}:"name"}`)],
      ]),
    );
    // Neither is stored by one engine as it was sent.
    const odd = {
      nul: { v: 'a\0b' },
      lone: { v: '\ud800', '\udfff': 1, other: 'a' },
      literal: { v: '\\u0000' },
    };
    await insertKeys(database, 'org_a', { ...keys, long: { v: 'x'.repeat(16_000), ['y'.repeat(300)]: 1 } });
    await insertKeys(database, 'org_b', odd);
    for (const [at, text] of texts.entries()) {
      expect(await found(database, 'org_a', { v: text })).toEqual([`value${at}`]);
      expect(await found(database, 'org_a', JSON.parse(`{${JSON.stringify(text)}:"name"}`))).toEqual([
        `name${at}`,
      ]);
    }
    expect(await found(database, 'org_b', { other: 'a' })).toEqual(['lone']);
  });

  test('compares numbers exactly', async () => {
    const database = await open(engine);
    const numbers = [
      0,
      5,
      -5,
      0.1 + 0.2,
      0.3,
      1e21,
      1e-7,
      5e-324,
      1.7976931348623157e308,
      2 ** 53 - 1,
      2 ** 53 - 2,
    ];
    const keys = Object.fromEntries(numbers.map((number, at) => [`at${at}`, { number }]));
    await insertKeys(database, 'org_a', keys);
    for (const [at, number] of numbers.entries())
      expect(await found(database, 'org_a', { number })).toEqual([`at${at}`]);
    expect(await found(database, 'org_a', { number: -0 })).toEqual(['at0']);
  });

  test('has each of thousands of members', async () => {
    const database = await open(engine);
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`m${index}`, index]));
    await insertKeys(database, 'org_a', { many, few: { m1999: 1_998 } });
    expect(await found(database, 'org_a', { m1999: 1_999, m0: 0 })).toEqual(['many']);
    expect(await found(database, 'org_a', { m1999: 1_999, m0: 1 })).toEqual([]);
  });
});

test('SQLite tells how many keys it has indexed, and other processes write in between', async () => {
  const database = await open('sqlite', INDEX);
  await insertKeys(database, 'org_a', { one: { plan: 'pro', note: 'x'.repeat(100) } });
  await sql`
    insert into api_keys (id, organization_id, name, name_key, environment, start, search_text, grants,
      ip_allowlist, metadata, enabled, created_at, created_by, updated_at, rotated_at, expires_at)
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 100000)
    select 'org_a_' || n, organization_id, name, name_key, environment, start, search_text, grants,
      ip_allowlist, json_set(metadata, '$.n', n), enabled, created_at, created_by, updated_at, rotated_at, expires_at
    from numbers cross join api_keys`.execute(database.kysely);
  const file = await sql<{ file: string }>`pragma database_list`.execute(database.kysely);
  const other = new SQLite(file.rows[0]?.file ?? '', { timeout: 0 });
  closing.push(async () => void other.close());
  const rename = other.prepare("update organizations set name = name || '.'");
  // Fails at once where the lock is held.
  const writer = setInterval(() => rename.run(), 25);
  closing.push(async () => clearInterval(writer));
  const lines: string[] = [];
  await migrate(database, (line) => lines.push(line));
  expect(lines.filter((line) => line.includes(INDEX))).toEqual([
    `Migration ${INDEX}: Indexes the metadata of API keys`,
    `Migration ${INDEX}: 100,000 keys indexed`,
  ]);
  const { name } = other.prepare<[], { name: string }>('select name from organizations').get() ?? {
    name: '',
  };
  expect(name.length - 'Acme'.length).toBeGreaterThanOrEqual(5);
  expect(await found(database, 'org_a', { n: 12_345, plan: 'pro' })).toEqual(['12345']);
  const settings = other.prepare("select v from api_key_metadata_config where k = 'automerge'").all();
  expect(settings).toEqual([{ v: 4 }]);
});
