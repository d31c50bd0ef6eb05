import { migrate } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { newId } from '../../src/core/ids.ts';
import { createLog } from '../../src/core/log.ts';
import { createOperatorToken } from '../../src/operator-tokens/create-operator-token.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { openFilling } from '../filling.ts';
import { COLUMNS, keyRows, type Owner, seededRandom } from './rows.ts';

/** Number of keys per transaction, and per statement on PostgreSQL. */
const CHUNK = 5_000;

const ROLES = 20;
const TEAMS = 20;
const USERS = 20;

/** The sums that servers write together with the usage of keys. */
const SUM_USAGE = `insert into organization_usage_buckets (organization_id, granularity, start, verified, denied)
  select organization_id, granularity, start, sum(verified), sum(denied) from api_key_usage_buckets group by 1, 2, 3`;

/** Data of a database that the measurements need. */
export interface Filled extends Owner {
  readonly operatorToken: string;
  /** An active key, one of its creators, and an external id. */
  readonly keyId: string;
  /** Display form of its secret. */
  readonly keyStart: string;
  readonly userId: string;
  readonly externalId: string;
}

/**
 * Fills a database with an organization with this number of keys, each with two audit entries and five usage buckets.
 */
export async function fill(url: string, keys: number): Promise<Filled> {
  const { owner, operatorToken, position } = await prepare(url);
  const filling = await openFilling(url, COLUMNS);
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
    await filling.add(rows);
  }
  await filling.end(
    SUM_USAGE,
    `update organization_sequences set value = ${position + 2 * keys} where organization_id = '${owner.organizationId}'`,
  );
  return {
    ...owner,
    operatorToken,
    keyId,
    keyStart,
    userId: owner.userIds[0] ?? '',
    externalId: 'customer-3',
  };
}

/** Migrates, and creates the organization with its roles and teams. */
async function prepare(url: string): Promise<{ owner: Owner; operatorToken: string; position: number }> {
  const database = await openDatabase(url);
  await migrate(database);
  const config = parseConfig({ DATABASE_URL: url, LOG_LEVEL: 'error' });
  const app = await createApp(config, { database, log: createLog('error') });
  const principal = systemPrincipal('cli');
  const client = { id: 'bench', ip: null, userAgent: null };
  const ctx = { ...app.services, publicUrl: '', principal, client };
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
