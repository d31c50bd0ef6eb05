import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/index.ts';
import { type Database, openDatabase } from '../../db/open.ts';
import { hasSearchIndex, keysContaining } from '../../db/queries/search-index.ts';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { withClient } from '../support/postgres-databases.ts';
import { ask, makeApiKey, makeMember, startTestServer } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A database without tables, and what its administrator did in it. */
async function prepared(...statements: string[]): Promise<string> {
  const { url, drop } = await createTestDatabaseUrl('postgres', { empty: true });
  closing.push(drop);
  await asAdministrator(url, ...statements);
  return url;
}

function asAdministrator(url: string, ...statements: string[]): Promise<void> {
  return withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

async function open(url: string): Promise<Database> {
  const database = await openDatabase(url);
  closing.push(() => database.close());
  return database;
}

let roles = 0;

/** A role that may create tables in a schema of its own, but no extensions. Roles are the server's, which other tests use. */
async function restrictedRole(url: string): Promise<{ name: string; url: string }> {
  roles += 1;
  const { pathname } = new URL(url);
  const name = `${pathname.slice(1)}_${roles}`;
  await asAdministrator(
    url,
    `create role ${name} login password 'secret-word'`,
    `create schema app authorization ${name}`,
    `alter role ${name} set search_path = app`,
  );
  // The database is dropped after this, so that nothing of the role may be left in it.
  closing.push(() => asAdministrator(url, `drop owned by ${name} cascade`, `drop role ${name}`));
  const own = new URL(url);
  own.username = name;
  own.password = 'secret-word';
  return { name, url: own.href };
}

/** How a rare text is found among keys of an organization. */
async function searchPlan({ kysely }: Database): Promise<string> {
  await sql`insert into organizations (id, name, slug, key_prefix, permission_catalog, created_at)
    values ('org_a', 'Acme', 'acme', 'kw', '[]', 1)`.execute(kysely);
  await sql`insert into api_keys (id, organization_id, name, name_key, environment, start, search_text, grants,
      ip_allowlist, metadata, enabled, created_at, created_by, updated_at, rotated_at, expires_at)
    select 'key_' || n, 'org_a', 'A', 'a', 'live', 'kw_live_1', 'gateway ' || n, '[]', '[]', '{}', 1,
      1, 'system:cli', 1, 1, 2 from generate_series(1, 3000) as n`.execute(kysely);
  await sql`vacuum analyze api_keys`.execute(kysely);
  const search = keysContaining(kysely, 'org_a', 'way 2999') ?? sql`select`;
  const { rows } = await sql<object>`explain ${search}`.execute(kysely);
  return JSON.stringify(rows);
}

test.each(['extensions', 'The "Extensions"'])(
  'an extension in a schema outside the search path is found there: %s',
  async (schema) => {
    const name = `"${schema.replaceAll('"', '""')}"`;
    const url = await prepared(
      `create schema ${name}`,
      `create extension pg_trgm schema ${name}`,
      `create extension btree_gin schema ${name}`,
    );
    const database = await open(url);
    await migrate(database);
    expect(await hasSearchIndex(database.kysely)).toBe(true);
    expect(await searchPlan(database)).toContain('api_keys_by_search');
  },
);

test('a role that may add no extensions starts a server, which finds keys and warns that it is slow', async () => {
  const role = await restrictedRole(await prepared());
  const server = await startTestServer('postgres', { databaseUrl: role.url });
  closing.push(() => server.close());
  expect(await hasSearchIndex(server.services.db)).toBe(false);
  expect(server.lines.join('\n')).toContain('Searching API keys is slow');
  const { organizationId, sessionToken: token } = await makeMember(server);
  await makeApiKey(server, organizationId, { name: 'Importer' });
  const { id } = await makeApiKey(server, organizationId, { name: 'Gateway' });
  const query = `query ($id: ID!) {
    organization(id: $id) { apiKeys(filter: { search: "ateway" }) { totalCount nodes { id } } }
  }`;
  const { data, errors } = await ask(server, query, { token, variables: { id: organizationId } });
  expect(errors).toEqual([]);
  expect(data.organization.apiKeys).toEqual({ totalCount: 1, nodes: [{ id }] });
});

test('extensions in a schema that the role may not use are done without', async () => {
  const url = await prepared(
    'create schema extensions',
    'create extension pg_trgm schema extensions',
    'create extension btree_gin schema extensions',
  );
  const role = await restrictedRole(url);
  const database = await open(role.url);
  const before = Object.entries(migrations).filter(([name]) => name < '0011');
  await migrate(database, () => {}, Object.fromEntries(before));
  const lines: string[] = [];
  await migrate(database, (line) => lines.push(line));
  expect(lines.join('\n')).toContain('permission denied for schema extensions');
  expect(await hasSearchIndex(database.kysely)).toBe(false);

  // As docs/operations.md says what to do then, while servers run.
  await asAdministrator(
    url,
    `grant usage on schema extensions to ${role.name}`,
    `create index concurrently api_keys_by_search on app.api_keys
       using gin (organization_id, search_text extensions.gin_trgm_ops)`,
  );
  expect(await hasSearchIndex(database.kysely)).toBe(true);
  expect(await searchPlan(database)).toContain('api_keys_by_search');
});

test.each(['pg_cancel_backend', 'pg_terminate_backend'])(
  'what is broken off meanwhile is left to the next start: %s',
  async (breakOff) => {
    const url = await prepared();
    const database = await open(url);
    await withClient(url, async (other) => {
      await other.query('begin');
      await other.query('create extension pg_trgm');
      const migrating = migrate(database).catch((error: unknown) => error);
      const end = `select ${breakOff}(pid) from pg_stat_activity where datname = current_database()
      and wait_event_type = 'Lock' and query like 'create extension%'`;
      await withClient(url, (client) => eventually(async () => (await client.query(end)).rowCount === 1));
      expect(await migrating).toBeInstanceOf(Error);
      await other.query('rollback');
    });
    const { applied } = await migrate(database);
    expect(applied[0]).toBe('0011-searched-keys');
    expect(await hasSearchIndex(database.kysely)).toBe(true);
  },
);
