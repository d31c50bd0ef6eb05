import { type Kysely, sql } from 'kysely';
import { isPostgres } from '../../db/is-postgres.ts';
import { NEVER, type Tables } from '../../db/tables/tables.ts';
import { newId } from '../../src/core/ids.ts';
import type { ServerServices } from '../../src/graphql/context.ts';

const DAY_MS = 86_400_000;

/** Puts copies of a key into its organization, without secrets: rows for a scan to read. */
export async function copyKey(
  { services: { db } }: { readonly services: ServerServices },
  keyId: string,
  copies: number,
): Promise<void> {
  const row = await db.selectFrom('api_keys').selectAll().where('id', '=', keyId).executeTakeFirstOrThrow();
  const rows = Array.from({ length: copies }, () => ({ ...row, id: newId('key') }));
  await insertRows(db, 'api_keys', rows);
}

/** What most of the keys have that an organization is filled with. */
export interface Filling {
  readonly keys: number;
  readonly roleId: string;
  readonly teamId: string;
}

/**
 * Fills an organization with keys like one, of all statuses and ages: of ten, three are revoked and one is disabled; of
 * those left a fourth is expired. The metadata has a plan, `pro` or `free`, and the key's number. Most have the role, the team and the external id `common`.
 */
export async function fillWithKeys(
  { db, clock }: Pick<ServerServices, 'db' | 'clock'>,
  keyId: string,
  { keys, roleId, teamId }: Filling,
): Promise<void> {
  const row = await db.selectFrom('api_keys').selectAll().where('id', '=', keyId).executeTakeFirstOrThrow();
  const now = clock.now();
  const rows = Array.from({ length: keys }, (_, index) => {
    const id = newId('key');
    const age = (index % 400) * DAY_MS;
    return {
      ...row,
      ...{ id, role_id: roleId, external_id: 'common' },
      ...{ name: `Key ${index}`, name_key: `key ${index}`, search_text: `gateway ${index} \n${id}` },
      environment: index % 3 === 0 ? 'test' : 'live',
      metadata: JSON.stringify({ plan: index % 2 === 0 ? 'pro' : 'free', number: index }),
      ...{ created_at: now - age, rotated_at: now - age },
      revoked_at: index % 10 < 3 ? now : null,
      enabled: index % 10 === 3 ? 0 : 1,
      expires_at: index % 4 === 0 ? now - age - 1 : index % 4 === 1 ? now + age + 1 : NEVER,
    };
  });
  const bonds = rows.map(({ id }) => ({ api_key_id: id, team_id: teamId }));
  const uses = rows.map(({ id, created_at }, index) => ({
    ...{ api_key_id: id, organization_id: row.organization_id },
    last_used_at: index % 2 === 0 ? 0 : created_at,
  }));
  await db.transaction().execute(async (tx) => {
    await insertRows(tx, 'api_keys', rows);
    await insertRows(tx, 'api_key_teams', bonds);
    await insertRows(tx, 'api_key_usage', uses);
  });
}

/** Adds people who have one of the organization's roles. */
export async function fillWithMembers(
  { db }: Pick<ServerServices, 'db'>,
  organizationId: string,
  members: number,
): Promise<void> {
  const role = await db
    .selectFrom('roles')
    .select('id')
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  const users = Array.from({ length: members }, (_, index) => ({
    id: newId('user'),
    ...{ email: `person${index}@${organizationId}.example`, name: null, created_at: 1 },
  }));
  const memberships = users.map(({ id }) => ({
    ...{ id: newId('mem'), organization_id: organizationId, user_id: id, role_id: role.id },
    ...{ name: null, created_at: 1, joined_at: 1 },
  }));
  await db.transaction().execute(async (tx) => {
    await insertRows(tx, 'users', users);
    await insertRows(tx, 'memberships', memberships);
  });
}

/** Inserts thousands of rows with the same columns, in one statement that is as short for all of them as for one. */
async function insertRows(
  db: Kysely<Tables>,
  table: keyof Tables,
  rows: readonly Readonly<Record<string, string | number | null>>[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const names = sql.join(columns.map((name) => sql.ref(name)));
  const json = JSON.stringify(rows);
  const values = isPostgres(db)
    ? sql`select ${names} from json_populate_recordset(null::${sql.table(table)}, ${json})`
    : sql`select ${sql.join(columns.map((name) => sql`value ->> ${sql.lit(name)}`))} from json_each(${json})`;
  await sql`insert into ${sql.table(table)} (${names}) ${values}`.execute(db);
}
