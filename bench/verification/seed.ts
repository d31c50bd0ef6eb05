import { rmSync, writeFileSync } from 'node:fs';
import { migrate } from '../../db/migrate.ts';
import { type Database, openDatabase } from '../../db/open.ts';
import { NEVER } from '../../db/tables/tables.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { newId } from '../../src/core/ids.ts';
import { createLog } from '../../src/core/log.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { generateSecret, hashSecret, startOf } from '../../src/keys/secret.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import { openFilling, type Rows } from '../filling.ts';

/** Data of a database that the benchmark needs. */
export interface Seeded {
  /** The secret of a key that may view and verify the first organization's keys. */
  readonly caller: string;
  /** Number of secrets in the file. */
  readonly secrets: number;
}

/**
 * Maximum number of secrets in the file: enough that a client which requests each once can't hit a cache of 100,000.
 */
const SECRETS_MAX = 300_000;

/** Maximum number of secrets of the caller's organization. */
const OWN_MAX = 1_000;

/** Number of organizations that keys are spread over. The first one has at least 100. */
const ORGANIZATIONS = 10;

/** An organization with the objects that its keys refer to. */
export interface Owner {
  readonly id: string;
  readonly roleId: string;
}

/** Number of keys per transaction. */
export const CHUNK = 5_000;

/** A key as inserted into the tables. */
export interface SeedKey {
  readonly secret: string;
  readonly organizationId: string;
  readonly rows: Rows<keyof typeof COLUMNS>;
}

/** The tables to fill. */
export const COLUMNS = {
  api_keys: {
    names:
      'id organization_id name name_key environment start search_text role_id grants ip_allowlist rate_limit ' +
      'rate_window_seconds external_id metadata enabled created_at created_by updated_at rotated_at expires_at',
    types:
      'text text text text text text text text text text int int text text int bigint text bigint bigint bigint',
  },
  api_key_secrets: {
    names: 'id api_key_id hash start created_at expires_at',
    types: 'text text text text bigint bigint',
  },
  api_key_usage: { names: 'api_key_id organization_id last_used_at', types: 'text text bigint' },
  api_key_secret_usage: { names: 'secret_id last_used_at uses', types: 'text bigint bigint' },
} as const;

/**
 * Creates a SQLite database with this number of keys, each with a role, grants, a rate limit that is never reached, and
 * an allowlist with 127.0.0.1: all the data that verification checks. Writes secrets to a file in random order, and
 * those that the caller can see to another one, `.own`.
 */
export async function seed(path: string, keys: number, secretsPath: string): Promise<Seeded> {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  const database = await openDatabase(`sqlite:${path}`);
  const { owners, caller } = await prepare(database, `sqlite:${path}`);
  await database.close();
  const { secrets, own } = await insertKeys(`sqlite:${path}`, keys, owners);
  writeFileSync(secretsPath, shuffled(secrets).join('\n'));
  writeFileSync(`${secretsPath}.own`, own.join('\n'));
  return { caller, secrets: secrets.length };
}

/** Migrates, and creates the organizations and the calling key. */
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
    client: { id: 'bench', ip: null, userAgent: null },
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
  const policy = [
    roleId,
    '["prompt.render","prompt.read"]',
    '["127.0.0.0/8","10.0.0.0/8"]',
    1_000_000_000,
    60,
  ];
  return {
    secret,
    organizationId,
    rows: {
      api_keys: [
        [
          ...[keyId, organizationId, name, fold, 'live', start, `${fold} ${start}`, ...policy],
          ...[`customer-${index}`, '{}', 1, now, 'bench', now, now, NEVER],
        ],
      ],
      api_key_secrets: [[secretId, keyId, hashSecret(secret), start, now, NEVER]],
      api_key_usage: [[keyId, organizationId, 0]],
      api_key_secret_usage: [[secretId, 0, 0]],
    },
  };
}

async function insertKeys(
  url: string,
  keys: number,
  owners: readonly Owner[],
): Promise<{ secrets: string[]; own: string[] }> {
  const filling = await openFilling(url, COLUMNS);
  const secrets: string[] = [];
  const own: string[] = [];
  const every = Math.max(1, Math.floor(keys / SECRETS_MAX));
  for (let first = 0; first < keys; first += CHUNK) {
    const count = Math.min(CHUNK, keys - first);
    const made = Array.from({ length: count }, (_, at) => makeKey(first + at, owners));
    for (const [at, { secret, organizationId }] of made.entries()) {
      if ((first + at) % every === 0 && secrets.length < SECRETS_MAX) secrets.push(secret);
      if (organizationId === owners[0]?.id && own.length < OWN_MAX) own.push(secret);
    }
    await filling.add(made.map(({ rows }) => rows));
  }
  await filling.end();
  return { secrets, own };
}

function shuffled(secrets: string[]): string[] {
  for (let index = secrets.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [secrets[index], secrets[other]] = [secrets[other] ?? '', secrets[index] ?? ''];
  }
  return secrets;
}
