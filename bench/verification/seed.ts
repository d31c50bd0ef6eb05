import { rmSync, writeFileSync } from 'node:fs';
import { migrate } from '../../db/migrate.ts';
import { type Database, openDatabase } from '../../db/open.ts';
import { SQLite, type SqlitePreparedStatement } from '../../db/sqlite-driver.ts';
import { NEVER } from '../../db/tables.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { newId } from '../../src/core/ids.ts';
import { createLog } from '../../src/core/log.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { generateSecret, hashSecret, startOf } from '../../src/keys/secret.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';

/** What a benchmark knows of a database. */
export interface Seeded {
  /** The secret of a key that may see and verify the first organization's keys. */
  readonly caller: string;
  /** How many secrets there are in the file. */
  readonly secrets: number;
}

/** As many secrets are handed out: a client that asks for each once has no chance to find one in a cache of 100,000. */
const SECRETS_MAX = 300_000;

/** And so many of the caller's organization. */
const OWN_MAX = 1_000;

/** Keys are spread over so many organizations; in the first there are at least 100. */
const ORGANIZATIONS = 10;

/** An organization with what its keys refer to. */
export interface Owner {
  readonly id: string;
  readonly roleId: string;
}

/** A key as it goes into the tables. */
export interface SeedKey {
  readonly secret: string;
  readonly key: readonly (string | number)[];
  readonly secretRow: readonly (string | number)[];
  readonly keyId: string;
  readonly organizationId: string;
  readonly secretId: string;
}

export const KEY_COLUMNS =
  'id, organization_id, name, name_key, environment, start, search_text, role_id, grants, ip_allowlist, rate_limit, ' +
  'rate_window_seconds, external_id, metadata, enabled, created_at, created_by, updated_at, rotated_at, expires_at';
export const SECRET_COLUMNS = 'id, api_key_id, hash, start, created_at, expires_at';

/**
 * Makes a SQLite database with so many keys, each with a role, grants, a rate limit that nobody reaches and an allowlist
 * that holds 127.0.0.1: all that verification can have to look at, and accepted for ever. Writes secrets to a file, in no
 * order, and those that the caller may see to another, `.own`.
 */
export async function seed(path: string, keys: number, secretsPath: string): Promise<Seeded> {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  const database = await openDatabase(`sqlite:${path}`);
  const { owners, caller } = await prepare(database, `sqlite:${path}`);
  await database.close();
  const { secrets, own } = insertKeys(path, keys, owners);
  writeFileSync(secretsPath, shuffled(secrets).join('\n'));
  writeFileSync(`${secretsPath}.own`, own.join('\n'));
  return { caller, secrets: secrets.length };
}

/** Migrates, and makes the organizations and the key that asks. */
export async function prepare(
  database: Database,
  databaseUrl: string,
): Promise<{ owners: Owner[]; caller: string }> {
  await migrate(database);
  const config = parseConfig({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'error' });
  const app = await createApp(config, { database, log: createLog('error') });
  const principal = systemPrincipal('bench');
  const ctx = {
    ...app.services,
    publicUrl: '',
    principal,
    request: { id: 'bench', ip: null, userAgent: null },
  };
  const owners: Owner[] = [];
  for (let index = 0; index < ORGANIZATIONS; index += 1) {
    const { id } = (await createOrganization(ctx, { name: `Organization ${index}` })).result;
    const role = await database.kysely
      .selectFrom('roles')
      .select('id')
      .where('organization_id', '=', id)
      .where('name', '=', 'member')
      .executeTakeFirstOrThrow();
    owners.push({ id, roleId: role.id });
  }
  const { result } = await createApiKey(ctx, {
    organizationId: owners[0]?.id ?? '',
    name: 'Back end',
    grants: ['api.key.verify', 'api.key.view'],
  });
  await app.stop();
  return { owners, caller: result.secret };
}

/** A key with this number. */
export function makeKey(index: number, owners: readonly Owner[]): SeedKey {
  const { id: organizationId = '', roleId = '' } = owners[index % owners.length] ?? {};
  const [keyId, secretId] = [newId('key'), newId('sec')];
  const secret = generateSecret('kw', 'live');
  const start = startOf(secret);
  const now = 1_767_225_600_000 + index;
  const name = `Key ${index}`;
  const fold = name.toLowerCase();
  const hash = hashSecret(secret);
  const policy = [
    roleId,
    '["prompt.render","prompt.read"]',
    '["127.0.0.0/8","10.0.0.0/8"]',
    1_000_000_000,
    60,
  ];
  return {
    secret,
    keyId,
    organizationId,
    secretId,
    key: [
      ...[keyId, organizationId, name, fold, 'live', start, `${fold} ${start}`, ...policy],
      ...[`customer-${index}`, '{}', 1, now, 'bench', now, now, NEVER],
    ],
    secretRow: [secretId, keyId, hash, start, now, NEVER],
  };
}

function insertKeys(
  path: string,
  keys: number,
  owners: readonly Owner[],
): { secrets: string[]; own: string[] } {
  const db = new SQLite(path);
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -400000']) db.pragma(pragma);
  const indexes = db
    .prepare<[], { name: string; sql: string }>(
      "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name like 'api_key%'",
    )
    .all();
  for (const { name } of indexes) db.exec(`drop index ${name}`);
  const insert = (table: string, columns: string, values: string): SqlitePreparedStatement<unknown[]> =>
    db.prepare(`insert into ${table} (${columns}) values (${values})`);
  const key = insert('api_keys', KEY_COLUMNS, Array(20).fill('?').join());
  const secretRow = insert('api_key_secrets', SECRET_COLUMNS, Array(6).fill('?').join());
  const keyUsage = insert('api_key_usage', 'api_key_id, organization_id, last_used_at', '?, ?, 0');
  const secretUsage = insert('api_key_secret_usage', 'secret_id, last_used_at, uses', '?, 0, 0');
  const secrets: string[] = [];
  const own: string[] = [];
  const every = Math.max(1, Math.floor(keys / SECRETS_MAX));
  db.transaction(() => {
    for (let index = 0; index < keys; index += 1) {
      const made = makeKey(index, owners);
      key.run(made.key);
      secretRow.run(made.secretRow);
      keyUsage.run(made.keyId, made.organizationId);
      secretUsage.run(made.secretId);
      if (index % every === 0 && secrets.length < SECRETS_MAX) secrets.push(made.secret);
      if (made.organizationId === owners[0]?.id && own.length < OWN_MAX) own.push(made.secret);
    }
  })();
  for (const { sql } of indexes) db.exec(sql);
  db.close();
  return { secrets, own };
}

function shuffled(secrets: string[]): string[] {
  for (let index = secrets.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [secrets[index], secrets[other]] = [secrets[other] ?? '', secrets[index] ?? ''];
  }
  return secrets;
}
