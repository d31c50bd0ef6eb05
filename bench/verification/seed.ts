import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import SQLite from 'better-sqlite3';
import { migrate } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';
import { NEVER } from '../../db/tables.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/core/config.ts';
import { newId } from '../../src/core/ids.ts';
import { generateSecret, startOf } from '../../src/keys/secret.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import { createOperatorToken } from '../../src/sessions/create-operator-token.ts';

/** What a benchmark knows of a database. */
export interface Seeded {
  readonly operatorToken: string;
  readonly organizationId: string;
  /** Up to SECRETS_MAX of the keys' secrets, in no order. */
  readonly secrets: readonly string[];
}

/** As many secrets are handed out: a client that asks for each once has no chance to find one in a cache of 100,000. */
const SECRETS_MAX = 400_000;

/** Keys are spread over so many organizations. */
const ORGANIZATIONS = 20;

/**
 * Makes a SQLite database with so many keys, each with a role, grants, a rate limit that nobody reaches and an allowlist
 * that holds 127.0.0.1: all that verification can have to look at, and accepted for ever.
 */
export async function seed(path: string, keys: number): Promise<Seeded> {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  const database = await openDatabase(`sqlite:${path}`);
  await migrate(database);
  const config = parseConfig({ DATABASE_URL: `sqlite:${path}`, LOG_LEVEL: 'error' });
  const app = await createApp(config, { database });
  const principal = systemPrincipal('bench');
  const ctx = { ...app.services, principal, request: { id: 'bench', ip: null, userAgent: null } };
  const organizations: { id: string; roleId: string }[] = [];
  for (let index = 0; index < ORGANIZATIONS; index += 1) {
    const { id } = (await createOrganization(ctx, { name: `Organization ${index}` })).result;
    const role = await database.kysely
      .selectFrom('roles')
      .select('id')
      .where('organization_id', '=', id)
      .where('name', '=', 'member')
      .executeTakeFirstOrThrow();
    organizations.push({ id, roleId: role.id });
  }
  const { token: operatorToken } = await createOperatorToken(ctx, 'bench');
  await app.stop();
  await database.close();
  const secrets = insertKeys(path, keys, organizations);
  return { operatorToken, organizationId: organizations[0]?.id ?? '', secrets };
}

function insertKeys(
  path: string,
  keys: number,
  organizations: readonly { readonly id: string; readonly roleId: string }[],
): string[] {
  const db = new SQLite(path);
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -400000');
  const key =
    db.prepare(`insert into api_keys (id, organization_id, name, name_key, environment, start, search_text,
    role_id, grants, ip_allowlist, rate_limit, rate_window_seconds, external_id, metadata, enabled, created_at,
    created_by, updated_at, rotated_at, expires_at)
    values (?, ?, ?, ?, 'live', ?, ?, ?, '["prompt.render","prompt.read"]', '["127.0.0.0/8","10.0.0.0/8"]', 1000000000, 60,
    ?, '{}', 1, ?, 'bench', ?, ?, ${NEVER})`);
  const secretRow =
    db.prepare(`insert into api_key_secrets (id, api_key_id, hash, start, created_at, expires_at)
    values (?, ?, ?, ?, ?, ${NEVER})`);
  const keyUsage = db.prepare('insert into api_key_usage values (?, ?, 0, null)');
  const secretUsage = db.prepare('insert into api_key_secret_usage values (?, 0, 0)');
  const secrets: string[] = [];
  const every = Math.max(1, Math.floor(keys / SECRETS_MAX));
  db.transaction(() => {
    for (let index = 0; index < keys; index += 1) {
      const { id: organizationId, roleId } = organizations[index % organizations.length] ?? {
        id: '',
        roleId: '',
      };
      const [keyId, secretId] = [newId('key'), newId('sec')];
      const secret = generateSecret('kw', 'live');
      const start = startOf(secret);
      const now = 1_767_225_600_000 + index;
      const name = `Key ${index}`;
      const fold = name.toLowerCase();
      key.run(
        keyId,
        organizationId,
        name,
        fold,
        start,
        `${fold} ${start}`,
        roleId,
        `customer-${index}`,
        now,
        now,
        now,
      );
      const hash = createHash('sha256').update(secret).digest('hex');
      secretRow.run(secretId, keyId, hash, start, now);
      keyUsage.run(keyId, organizationId);
      secretUsage.run(secretId);
      if (index % every === 0 && secrets.length < SECRETS_MAX) secrets.push(secret);
    }
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.exec('analyze');
  db.close();
  for (let index = secrets.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [secrets[index], secrets[other]] = [secrets[other] ?? '', secrets[index] ?? ''];
  }
  return secrets;
}

const [, , path, count, secretsFile] = process.argv;
if (path && count && secretsFile && import.meta.filename === process.argv[1]) {
  const seeded = await seed(path, Number(count));
  writeFileSync(secretsFile, seeded.secrets.join('\n'));
  writeFileSync(`${secretsFile}.token`, seeded.operatorToken);
}
