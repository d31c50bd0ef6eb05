import { NEVER } from '../../db/tables.ts';
import type { Services } from '../../src/context.ts';
import { newId } from '../../src/core/ids.ts';

/** Rows of one insert: both engines take so many values at once. */
const ROWS = 100;

const DAY_MS = 86_400_000;

/** Puts copies of a key into its organization, without secrets: rows for a scan to read. */
export async function copyKey(
  { services: { db } }: { readonly services: Services },
  keyId: string,
  copies: number,
): Promise<void> {
  const row = await db.selectFrom('api_keys').selectAll().where('id', '=', keyId).executeTakeFirstOrThrow();
  for (let done = 0; done < copies; done += ROWS) {
    const count = Math.min(ROWS, copies - done);
    const rows = Array.from({ length: count }, () => ({ ...row, id: newId('key') }));
    await db.insertInto('api_keys').values(rows).execute();
  }
}

/** What most of the keys have that an organization is filled with. */
export interface Filling {
  readonly keys: number;
  readonly roleId: string;
  readonly teamId: string;
}

/**
 * Fills an organization with keys like one, of all statuses and ages: of ten, three are revoked and one is disabled; of
 * those left a fourth is expired. Most have the role, the team and the external id `common`.
 */
export async function fillWithKeys(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  keyId: string,
  { keys, roleId, teamId }: Filling,
): Promise<void> {
  const row = await db.selectFrom('api_keys').selectAll().where('id', '=', keyId).executeTakeFirstOrThrow();
  const now = clock.now();
  await db.transaction().execute(async (tx) => {
    for (let done = 0; done < keys; done += ROWS) {
      const rows = Array.from({ length: Math.min(ROWS, keys - done) }, (_, at) => {
        const index = done + at;
        const id = newId('key');
        const age = (index % 400) * DAY_MS;
        return {
          ...row,
          ...{ id, role_id: roleId, external_id: 'common' },
          ...{ name: `Key ${index}`, name_key: `key ${index}`, search_text: `gateway ${index} \n${id}` },
          environment: index % 3 === 0 ? ('test' as const) : ('live' as const),
          ...{ created_at: now - age, rotated_at: now - age },
          revoked_at: index % 10 < 3 ? now : null,
          enabled: index % 10 === 3 ? 0 : 1,
          expires_at: index % 4 === 0 ? now - age - 1 : index % 4 === 1 ? now + age + 1 : NEVER,
        };
      });
      await tx.insertInto('api_keys').values(rows).execute();
      const bonds = rows.map(({ id }) => ({ api_key_id: id, team_id: teamId }));
      await tx.insertInto('api_key_teams').values(bonds).execute();
      const uses = rows.map(({ id, created_at }, at) => ({
        ...{ api_key_id: id, organization_id: row.organization_id },
        last_used_at: at % 2 === 0 ? 0 : created_at,
      }));
      await tx.insertInto('api_key_usage').values(uses).execute();
    }
  });
}

/** Adds people who have one of the organization's roles. */
export async function fillWithMembers(
  { db }: Pick<Services, 'db'>,
  organizationId: string,
  members: number,
): Promise<void> {
  const role = await db
    .selectFrom('roles')
    .select('id')
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  for (let done = 0; done < members; done += ROWS) {
    const count = Math.min(ROWS, members - done);
    const users = Array.from({ length: count }, (_, at) => ({
      id: newId('user'),
      ...{ email: `person${done + at}@${organizationId}.example`, name: null, created_at: 1 },
    }));
    await db.insertInto('users').values(users).execute();
    const memberships = users.map(({ id }) => ({
      ...{ id: newId('mem'), organization_id: organizationId, user_id: id, role_id: role.id },
      ...{ name: null, created_at: 1, joined_at: 1 },
    }));
    await db.insertInto('memberships').values(memberships).execute();
  }
}
