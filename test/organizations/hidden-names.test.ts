import { expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { inviteMember } from '../../src/members/invite-member.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import { updateOrganization } from '../../src/organizations/update-organization.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { deleteRole } from '../../src/roles/delete-role.ts';
import { updateRole } from '../../src/roles/update-role.ts';
import { requireUserByEmail } from '../../src/sign-in/require-user-by-email.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { deleteTeam } from '../../src/teams/delete-team.ts';
import { updateTeam } from '../../src/teams/update-team.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { makeOrganization, roleNamed, servicesOn } from '../support/services.ts';
import { keywright } from './people.ts';

const HIDDEN = 'Deploy\u202e';
const FAULT = 'must not contain U+202E, which is invisible or reorders text';
const LOOKS = 'looks like the name of the system role "owner"';

onEachDatabase('names with hidden characters', (engine) => {
  const services = servicesOn(engine);

  async function setUp() {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = organization;
    const { result: role } = await createRole(ctx, { name: 'Reader', permissions: [] });
    const { result: team } = await createTeam(ctx, { name: 'Ops' });
    const { result: made } = await createApiKey(ctx, { name: 'Deploy' });
    return { ctx, id, role, team, key: made.apiKey };
  }

  test('are rejected wherever something is named, with the character', async () => {
    const { ctx, id, role, team, key } = await setUp();
    const { id: roleId } = await roleNamed(ctx, id, 'member');
    const attempts: [field: string, attempt: () => Promise<unknown>][] = [
      ['name', () => createApiKey(ctx, { name: HIDDEN })],
      ['description', () => createApiKey(ctx, { name: 'a', description: HIDDEN })],
      ['externalId', () => createApiKey(ctx, { name: 'a', externalId: HIDDEN })],
      ['name', () => updateApiKey(ctx, { id: key.id, name: HIDDEN })],
      ['description', () => updateApiKey(ctx, { id: key.id, description: HIDDEN })],
      ['externalId', () => updateApiKey(ctx, { id: key.id, externalId: HIDDEN })],
      ['name', () => createRole(ctx, { name: HIDDEN, permissions: [] })],
      ['description', () => createRole(ctx, { name: 'a', description: HIDDEN, permissions: [] })],
      ['name', () => updateRole(ctx, { id: role.id, name: HIDDEN })],
      ['name', () => createTeam(ctx, { name: HIDDEN })],
      ['name', () => updateTeam(ctx, { id: team.id, name: HIDDEN })],
      ['name', () => createOrganization(keywright(services()), { name: HIDDEN })],
      ['name', () => updateOrganization(ctx, { id, name: HIDDEN })],
      ['name', () => inviteMember(ctx, { email: 'a@example.com', name: HIDDEN, roleId, teamIds: [] })],
      ['email', () => inviteMember(ctx, { email: 'a\u200b@example.com', roleId, teamIds: [] })],
    ];
    for (const [field, attempt] of attempts) {
      const message = field === 'email' ? FAULT.replace('202E', '200B') : FAULT;
      expect(await issuesOf(attempt()), String(attempt)).toEqual([{ path: ['input', field], message }]);
    }
    const permissionCatalog = [{ name: 'a.b', description: HIDDEN }];
    expect(await issuesOf(updateOrganization(ctx, { id, permissionCatalog }))).toEqual([
      { path: ['input', 'permissionCatalog', '0', 'description'], message: FAULT },
    ]);
    await expect(revokeApiKey(ctx, { id: key.id, reason: HIDDEN })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: `input.reason: ${FAULT}`,
    });
    expect(await auditOf(ctx, key.id)).toHaveLength(1);
  });

  test('are rejected together with every other fault of a new object', async () => {
    const { ctx } = await setUp();
    const issues = await issuesOf(createApiKey(ctx, { name: HIDDEN, ipAllowlist: ['here'] }));
    expect(issues.map(({ path }) => path.join('.'))).toEqual(['input.ipAllowlist.0', 'input.name']);
  });

  /** As an earlier release has stored them. */
  async function store(
    { db }: GraphQLContext,
    { id, role, team, key }: Awaited<ReturnType<typeof setUp>>,
    name: string,
  ) {
    const named = { name, name_key: name.toLowerCase() };
    await db
      .updateTable('api_keys')
      .set({ ...named, external_id: name })
      .where('id', '=', key.id)
      .execute();
    await db
      .updateTable('roles')
      .set({ ...named, description: name })
      .where('id', '=', role.id)
      .execute();
    await db.updateTable('teams').set(named).where('id', '=', team.id).execute();
    const permission_catalog = JSON.stringify([{ name: 'a.b', description: name }]);
    await db.updateTable('organizations').set({ name, permission_catalog }).where('id', '=', id).execute();
  }

  test('that are stored stay usable, can be repeated and changed, and what has them can be ended', async () => {
    const made = await setUp();
    const { ctx, id, role, team, key } = made;
    await store(ctx, made, HIDDEN);
    expect(
      (await updateApiKey(ctx, { id: key.id, name: HIDDEN, externalId: HIDDEN, enabled: false })).result,
    ).toMatchObject({ name: HIDDEN, enabled: false });
    const permissions = ['a.b'];
    expect(
      (await updateRole(ctx, { id: role.id, name: HIDDEN, description: HIDDEN, permissions })).result,
    ).toMatchObject({
      permissions,
    });
    const permissionCatalog = [{ name: 'a.b', description: HIDDEN }, { name: 'c.d' }];
    expect(
      (await updateOrganization(ctx, { id, name: HIDDEN, permissionCatalog })).result.permissionCatalog,
    ).toHaveLength(2);
    expect((await updateTeam(ctx, { id: team.id, name: HIDDEN })).result.name).toBe(HIDDEN);
    expect((await updateTeam(ctx, { id: team.id, name: 'Ops' })).result.name).toBe('Ops');
    expect((await updateApiKey(ctx, { id: key.id, name: 'Deploy' })).result.name).toBe('Deploy');
    expect((await revokeApiKey(ctx, { id: key.id })).result.revokedAt).not.toBeNull();
    await deleteRole(ctx, { id: role.id });
    await deleteTeam(ctx, { id: team.id });
  });

  test('are found by it', async () => {
    const { ctx } = await setUp();
    const email = `zero\u200bwidth-${engine}@example.com`;
    const row = { id: 'user_01hzy3v7q4e8r9t0v1w2x3y4z5', email, name: null, created_at: 0 };
    await ctx.db.insertInto('users').values(row).execute();
    expect((await requireUserByEmail(ctx, email)).userId).toBe(row.id);
  });

  test('that look like a system role are rejected for roles, and kept where they are stored', async () => {
    const made = await setUp();
    const { ctx, role } = made;
    const alike = '\u043ewner';
    const issues = [{ path: ['input', 'name'], message: LOOKS }];
    expect(await issuesOf(createRole(ctx, { name: alike, permissions: [] }))).toEqual(issues);
    expect(await issuesOf(updateRole(ctx, { id: role.id, name: '\u041eWNER' }))).toEqual(issues);
    await store(ctx, made, alike);
    expect((await updateRole(ctx, { id: role.id, name: alike, description: null })).result).toMatchObject({
      name: alike,
      description: null,
    });
    expect((await createTeam(ctx, { name: `${alike}s` })).result.name).toBe(`${alike}s`);
    await deleteRole(ctx, { id: role.id });
  });
});
