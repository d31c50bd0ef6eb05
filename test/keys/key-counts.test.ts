import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { NEVER, type Row } from '../../db/tables/tables.ts';
import type { GraphQLContext } from '../../schema/context.ts';
import { newId } from '../../src/core/ids.ts';
import { statusOf } from '../../src/keys/api-key.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { recordExpiries, withdrawExpiries } from '../../src/keys/expiry/record-expiries.ts';
import { countKeys } from '../../src/keys/lists/key-counts.ts';
import { summarizeApiKeys } from '../../src/keys/lists/summarize-api-keys.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { revokeApiKeys } from '../../src/keys/revoke-api-keys.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { updateOrganization } from '../../src/organizations/update-organization.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { deleteRole } from '../../src/roles/delete-role.ts';
import { countKeysOfRoles, loadRoles } from '../../src/roles/role.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { deleteTeam } from '../../src/teams/delete-team.ts';
import { onEachDatabase } from '../support/databases.ts';
import { seededRandom, seeds } from '../support/properties.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';

const MINUTE_MS = 60_000;

onEachDatabase('kept counts of keys', (engine) => {
  const services = servicesOn(engine);

  const keysOf = (organizationId: string): Promise<Row<'api_keys'>[]> =>
    services().db.selectFrom('api_keys').selectAll().where('organization_id', '=', organizationId).execute();

  /** The counts as the rows of the keys themselves tell them. */
  async function recounted(organizationId: string) {
    const now = services().clock.now();
    const counts = { active: 0, disabled: 0, expired: 0, revoked: 0, early: 0 };
    const ofRoles = new Map<string, number>();
    for (const row of await keysOf(organizationId)) {
      const key = { revokedAt: row.revoked_at, enabled: row.enabled === 1, expiresAt: row.expires_at };
      const status = statusOf(key, now);
      counts[status.toLowerCase() as Lowercase<typeof status>] += 1;
      if (status === 'ACTIVE' && row.expiry_recorded_at !== null) counts.early += 1;
      if (row.role_id !== null && row.revoked_at === null)
        ofRoles.set(row.role_id, (ofRoles.get(row.role_id) ?? 0) + 1);
    }
    return { counts, ofRoles };
  }

  async function kept(organizationId: string) {
    const { db, clock } = services();
    const counts = (await countKeys(db, [organizationId], clock.now())).get(organizationId);
    const rows = await db
      .selectFrom('roles')
      .select('id')
      .where('organization_id', '=', organizationId)
      .execute();
    const roles = await loadRoles(
      db,
      rows.map(({ id }) => id),
    );
    return { counts, ofRoles: await countKeysOfRoles(db, roles) };
  }

  test.each(seeds(3))('are those of the keys after every change (seed %i)', async (seed) => {
    const { ctx, organization } = await makeOrganization(services());
    const random = seededRandom(seed);
    const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
    const roles: string[] = [];
    const teams: string[] = [];
    const expiry = () =>
      random() < 0.5 ? services().clock.now() + MINUTE_MS * Math.ceil(random() * 5) : null;
    const unrevoked = async () =>
      (await keysOf(organization.id)).filter((key) => key.revoked_at === null).map(({ id }) => id);
    const onKey = async (change: (id: string) => Promise<unknown>) => {
      const id = pick(await unrevoked());
      if (id !== undefined) await change(id);
    };
    const create = () =>
      createApiKey(ctx, {
        name: 'Key',
        roleId: pick([...roles, null]) ?? null,
        teamIds: teams.filter(() => random() < 0.3),
        expiresAt: expiry(),
      });
    const steps: readonly (() => Promise<unknown>)[] = [
      create,
      create,
      create,
      async () => roles.push((await createRole(ctx, { name: newId('role'), permissions: [] })).result.id),
      async () => teams.push((await createTeam(ctx, { name: newId('team') })).result.id),
      () => onKey((id) => updateApiKey(ctx, { id, enabled: random() < 0.5 })),
      () => onKey((id) => updateApiKey(ctx, { id, roleId: pick([...roles, null]) ?? null })),
      () => onKey((id) => updateApiKey(ctx, { id, expiresAt: expiry() })),
      () => onKey((id) => updateApiKey(ctx, { id, name: newId('key') })),
      () => onlyIfPossible(() => onKey((id) => rotateApiKey(ctx, { id, overlapSeconds: 0 }))),
      () => onKey((id) => revokeApiKey(ctx, { id })),
      async () => {
        const ids = (await unrevoked()).slice(0, 3);
        if (ids.length > 0) await revokeApiKeys(ctx, { ids });
      },
      async () => services().clock.advance(MINUTE_MS),
      async () => services().clock.step(-MINUTE_MS),
      () => recordExpiries(services()),
      () => withdrawExpiries(services()),
      () => onlyIfPossible(async () => remove(roles, (id) => deleteRole(ctx, { id }))),
      () => onlyIfPossible(async () => remove(teams, (id) => deleteTeam(ctx, { id }))),
    ];
    const remove = async (ids: string[], change: (id: string) => Promise<unknown>): Promise<void> => {
      const id = pick(ids);
      if (id === undefined) return;
      await change(id);
      ids.splice(ids.indexOf(id), 1);
    };
    for (let step = 0; step < 120; step += 1) {
      await pick(steps)?.();
      expect(await kept(organization.id)).toEqual(await recounted(organization.id));
    }
    expect((await keysOf(organization.id)).length).toBeGreaterThan(5);
  });

  test('hold what a statement changes of many keys, in several organizations', async () => {
    const made = [await makeOrganization(services()), await makeOrganization(services(), 'Other')];
    const ids: string[] = [];
    for (const { ctx } of made)
      for (const name of ['A', 'B', 'C']) ids.push((await createApiKey(ctx, { name })).result.apiKey.id);
    // As any program writes them, an earlier release for instance.
    const { db } = services();
    await db.updateTable('api_keys').set({ enabled: 0 }).where('id', 'in', ids.slice(1, 5)).execute();
    await db
      .deleteFrom('api_key_secrets')
      .where('api_key_id', '=', ids[0] ?? '')
      .execute();
    await db.deleteFrom('api_keys').where('id', 'in', ids.slice(0, 2)).execute();
    for (const { organization } of made)
      expect(await kept(organization.id)).toEqual(await recounted(organization.id));
    expect((await kept(made[0]?.organization.id ?? '')).counts).toMatchObject({ active: 0, disabled: 1 });
  });

  test('leave nothing behind of a role that is deleted', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = (await createRole(ctx, { name: 'Reader', permissions: [] })).result;
    const { apiKey } = (await createApiKey(ctx, { name: 'A', roleId: id })).result;
    await expect(deleteRole(ctx, { id })).rejects.toMatchObject({ code: 'CONFLICT' });
    await revokeApiKey(ctx, { id: apiKey.id });
    await deleteRole(ctx, { id });
    const rows = services().db.selectFrom('api_key_counts').selectAll().where('role_id', '=', id).execute();
    expect(await rows).toEqual([]);
    expect((await kept(organization.id)).counts).toMatchObject({ active: 0, revoked: 1 });
  });

  test('answer without reading keys, but for those whose expiry is not recorded in time', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const expiresAt = services().clock.now() + MINUTE_MS;
    for (const name of ['A', 'B']) await createApiKey(ctx, { name, expiresAt });
    const counts = async () => (await kept(organization.id)).counts;
    expect(await counts()).toMatchObject({ active: 2, expired: 0 });
    services().clock.advance(MINUTE_MS);
    expect(await counts()).toMatchObject({ active: 0, expired: 2, early: 0 });
    await recordExpiries(services());
    services().clock.step(-1);
    expect(await counts()).toMatchObject({ active: 2, expired: 0, early: 2 });
    expect(await summarizeApiKeys(ctx, organization.id)).toMatchObject({
      active: 2,
      expiringSoon: { count: 0, isExact: false },
    });
    await withdrawExpiries(services());
    expect(await summarizeApiKeys(ctx, organization.id)).toMatchObject({
      active: 2,
      expiringSoon: { count: 2, isExact: true },
    });
  });
});

onEachDatabase('figures of many keys', (engine) => {
  const services = servicesOn(engine);
  const MANY = 10_050;

  /** So many copies of a key, with a last use each. */
  async function multiply(
    ctx: GraphQLContext,
    keyId: string,
    columns: Partial<Row<'api_keys'>>,
    lastUsedAt: number,
  ) {
    const { db } = services();
    const row = await db.selectFrom('api_keys').selectAll().where('id', '=', keyId).executeTakeFirstOrThrow();
    const { id: _, ...rest } = { ...row, ...columns };
    const names = Object.keys(rest) as (keyof typeof rest)[];
    const numbers = sql`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(MANY)})`;
    const prefix = newId('key');
    await sql`
      insert into api_keys (id, ${sql.join(names.map((name) => sql.ref(name)))})
      ${numbers} select ${prefix} || n, ${sql.join(names.map((name) => sql.lit(rest[name])))} from numbers
    `.execute(db);
    await sql`
      insert into api_key_usage (api_key_id, organization_id, last_used_at)
      select id, organization_id, ${sql.lit(lastUsedAt)} from api_keys where id like ${`${prefix}%`}
    `.execute(db);
    return ctx;
  }

  test('stop at 10,000 keys, of which 3,000 are looked at for their use, and say so', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const now = services().clock.now();
    const { apiKey } = (await createApiKey(ctx, { name: 'A' })).result;
    const old = now - 200 * 86_400_000;
    await multiply(ctx, apiKey.id, { created_at: old, rotated_at: old, expires_at: now + 86_400_000 }, 0);
    expect(await summarizeApiKeys(ctx, organization.id)).toEqual({
      active: MANY + 1,
      disabled: 0,
      expired: 0,
      revoked: 0,
      unused: { count: 3_000, isExact: false },
      rotationOverdue: { count: 10_000, isExact: false },
      expiringSoon: { count: 10_000, isExact: false },
    });
  });

  test.each(['test', 'live'] as const)(
    'find unused %s keys behind any number of used ones',
    async (environment) => {
      const { ctx, organization } = await makeOrganization(services());
      const now = services().clock.now();
      const old = now - 200 * 86_400_000;
      const { apiKey } = (await createApiKey(ctx, { name: 'A' })).result;
      await multiply(ctx, apiKey.id, { created_at: old, rotated_at: old }, now);
      await multiply(ctx, apiKey.id, { created_at: old, rotated_at: now, environment }, old);
      expect(await summarizeApiKeys(ctx, organization.id)).toMatchObject({
        active: 2 * MANY + 1,
        // The first of those not used is young.
        unused: { count: environment === 'test' ? 1_000 : 999, isExact: false },
      });
    },
  );

  if (engine === 'sqlite')
    test('are read by the indexes of open keys', async () => {
      const { ctx, organization } = await makeOrganization(services());
      await updateOrganization(ctx, { id: organization.id, rotationPolicy: { liveDays: 9, testDays: 9 } });
      await createApiKey(ctx, { name: 'A' });
      services().statements.length = 0;
      await summarizeApiKeys(ctx, organization.id);
      const reads = services().statements.filter((one) => one.includes('"api_keys"'));
      expect(reads.length).toBeGreaterThan(2);
      for (const read of reads) {
        const explained = sql.raw<{ detail: string }>(`explain query plan ${read.replaceAll('?', '1')}`);
        const steps = (await explained.execute(ctx.db)).rows.map(({ detail }) => detail);
        for (const step of steps.filter((one) => /\bapi_keys\b/.test(one)))
          expect(step, read).toMatch(
            /^SEARCH api_keys USING .*INDEX (api_keys_open_by_\w+ |api_keys_to_expire |sqlite_autoindex_api_keys_1 \(id=)/,
          );
      }
    });

  test('find unused keys among any number of revoked ones that are not used', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const now = services().clock.now();
    const old = now - 200 * 86_400_000;
    const { apiKey } = (await createApiKey(ctx, { name: 'A' })).result;
    await multiply(ctx, apiKey.id, { created_at: old, expires_at: NEVER, revoked_at: old }, 0);
    services().clock.advance(91 * 86_400_000);
    await createApiKey(ctx, { name: 'New' });
    expect(await summarizeApiKeys(ctx, organization.id)).toMatchObject({
      active: 2,
      revoked: MANY,
      unused: { count: 1, isExact: true },
    });
  });
});

/** What can't be deleted stays. */
async function onlyIfPossible(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFLICT' });
  }
}
