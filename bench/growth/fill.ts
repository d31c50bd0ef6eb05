import pg from 'pg';
import { migrate } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';
import { SQLite } from '../../db/sqlite-driver.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { newId } from '../../src/core/ids.ts';
import { createLog } from '../../src/core/log.ts';
import { createOperatorToken } from '../../src/operator-tokens/create-operator-token.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { COLUMNS, type KeyRows, keyRows, type Owner, seededRandom } from './rows.ts';

/** Keys of one transaction, and of one statement on PostgreSQL. */
const CHUNK = 5_000;

const ROLES = 20;
const TEAMS = 20;
const USERS = 20;

/** What the measurements know of a database. */
export interface Filled extends Owner {
  readonly operatorToken: string;
  /** A key that is active, one of its creators, and an external id. */
  readonly keyId: string;
  /** How its secret begins. */
  readonly keyStart: string;
  readonly userId: string;
  readonly externalId: string;
}

/** Fills a database with an organization of so many keys, two audit entries and five buckets of usage each. */
export async function fill(url: string, keys: number): Promise<Filled> {
  const { owner, operatorToken, position } = await prepare(url);
  const insert = url.startsWith('sqlite:')
    ? insertIntoSqlite(url.slice('sqlite:'.length))
    : await insertIntoPostgres(url);
  const random = seededRandom();
  const now = Date.now();
  let keyId = '';
  let keyStart = '';
  for (let first = 0; first < keys; first += CHUNK) {
    const count = Math.min(CHUNK, keys - first);
    const rows = Array.from({ length: count }, (_, at) =>
      keyRows(first + at, position + 2 * (first + at), owner, random, now),
    );
    const active = rows.find(({ api_keys: [key] }) => key?.[21] === null)?.api_keys[0];
    keyId ||= String(active?.[0] ?? '');
    keyStart ||= String(active?.[6] ?? '');
    await insert.add(rows);
  }
  await insert.end(owner.organizationId, position + 2 * keys);
  return {
    ...owner,
    operatorToken,
    keyId,
    keyStart,
    userId: owner.userIds[0] ?? '',
    externalId: 'customer-3',
  };
}

/** Migrates, and makes the organization with its roles and teams. */
async function prepare(url: string): Promise<{ owner: Owner; operatorToken: string; position: number }> {
  const database = await openDatabase(url);
  await migrate(database);
  const config = parseConfig({ DATABASE_URL: url, LOG_LEVEL: 'error' });
  const app = await createApp(config, { database, log: createLog('error') });
  const principal = systemPrincipal('cli');
  const request = { id: 'bench', ip: null, userAgent: null };
  const ctx = { ...app.services, publicUrl: '', principal, request };
  const { id: organizationId } = (await createOrganization(ctx, { name: 'Acme' })).result;
  const role = async (name: string) =>
    (await createRole(ctx, { organizationId, name, permissions: ['prompt.render'] })).result.id;
  const team = async (name: string) => (await createTeam(ctx, { organizationId, name })).result.id;
  const roleIds: string[] = [];
  const teamIds: string[] = [];
  for (let index = 0; index < ROLES; index += 1) roleIds.push(await role(`Role ${index}`));
  for (let index = 0; index < TEAMS; index += 1) teamIds.push(await team(`Team ${index}`));
  const owner = {
    ...{ organizationId, roleIds, teamIds },
    retiredRoleId: await role('Retired'),
    retiredTeamId: await team('Retired'),
    userIds: Array.from({ length: USERS }, () => newId('user')),
  };
  const { token: operatorToken } = await createOperatorToken(ctx, 'bench');
  const { value } = await database.kysely
    .selectFrom('organization_sequences')
    .select('value')
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  await app.stop();
  await database.close();
  return { owner, operatorToken, position: value };
}

interface Inserting {
  add(keys: readonly KeyRows[]): void | Promise<void>;
  end(organizationId: string, position: number): void | Promise<void>;
}

const TABLES = Object.keys(COLUMNS) as (keyof KeyRows)[];

/** What servers write together with the usage of keys. */
const SUM_USAGE = `insert into organization_usage_buckets (organization_id, granularity, start, verified, denied)
  select organization_id, granularity, start, sum(verified), sum(denied) from api_key_usage_buckets group by 1, 2, 3`;

function insertIntoSqlite(path: string): Inserting {
  const db = new SQLite(path);
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -400000']) db.pragma(pragma);
  const indexes = db
    .prepare<[], { name: string; sql: string }>(
      `select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name in (${TABLES.map((name) => `'${name}'`)})`,
    )
    .all();
  for (const { name } of indexes) db.exec(`drop index ${name}`);
  const statements = new Map(
    TABLES.map((table) => {
      const names = COLUMNS[table].names.split(' ');
      return [
        table,
        db.prepare<unknown[]>(`insert into ${table} (${names}) values (${names.map(() => '?')})`),
      ];
    }),
  );
  return {
    add: db.transaction((keys: readonly KeyRows[]) => {
      for (const key of keys)
        for (const table of TABLES) for (const row of key[table]) statements.get(table)?.run(...row);
    }),
    end(organizationId, position) {
      for (const { sql } of indexes) db.exec(sql);
      db.exec(SUM_USAGE);
      db.prepare('update organization_sequences set value = ? where organization_id = ?').run(
        position,
        organizationId,
      );
      db.close();
    },
  };
}

async function insertIntoPostgres(url: string): Promise<Inserting> {
  const client = new pg.Client(url);
  await client.connect();
  // Built in one piece they take less than half as long; those of constraints stay.
  const { rows: indexes } = await client.query<{ name: string; sql: string }>(
    `select indexname as name, indexdef as sql from pg_indexes
     where tablename = any($1) and not exists (select from pg_constraint where conname = indexname)`,
    [TABLES],
  );
  for (const { name } of indexes) await client.query(`drop index ${name}`);
  return {
    async add(keys) {
      for (const table of TABLES) {
        const { names, types } = COLUMNS[table];
        const rows = keys.flatMap((key) => key[table]);
        const columns = names.split(' ').map((_, at) => rows.map((row) => row[at]));
        const lists = types.split(' ').map((type, at) => `$${at + 1}::${type}[]`);
        const sql = `insert into ${table} (${names.split(' ')}) select * from unnest(${lists})`;
        if (rows.length > 0) await client.query(sql, columns);
      }
    },
    async end(organizationId, position) {
      await client.query("set maintenance_work_mem = '512MB'");
      for (const { sql } of indexes) await client.query(sql);
      await client.query(SUM_USAGE);
      const sql = 'update organization_sequences set value = $1 where organization_id = $2';
      await client.query(sql, [position, organizationId]);
      await client.query('vacuum analyze');
      await client.end();
    },
  };
}
