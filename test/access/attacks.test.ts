import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import { inviteMember } from '../../src/members/invite-member.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, serverOn } from '../support/server.ts';
import { answerOf, outcomeOf } from './answers.ts';
import { MANAGER } from './matrix.ts';
import { Place } from './world.ts';

const WEAK = ['api.key.view'];

onEachDatabase('an attack', (engine) => {
  const server = serverOn(engine);
  let place: Place;
  let other: Place;

  beforeAll(async () => {
    place = await Place.make(server().services, 'Acme');
    other = await Place.make(server().services, 'Other');
  });

  /** What a mutation comes to. */
  async function attempt(token: string, field: string, input: Record<string, unknown>): Promise<string> {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`;
    return outcomeOf(await answerOf(server(), document, token, { input }), field);
  }

  async function query(token: string, text: string) {
    return ask(server(), text, { token });
  }

  describe('by a key', () => {
    test('on the role that it carries, to make itself stronger', async () => {
      const roleId = await place.role(['role.manage', ...WEAK]);
      const { secret } = await place.key({ roleId });
      const become = (permissions: string[]) => attempt(secret, 'updateRole', { id: roleId, permissions });
      expect(await become(['role.manage', 'api.key.create'])).toBe('ESCALATION');
      expect(await become(['role.*'])).toBe('ESCALATION');
      expect(await become(['*'])).toBe('ESCALATION');
      expect(await become(['role.manage'])).toBe('OK');
      // What it gave away is gone: it can't take it back.
      expect(await become(['role.manage', ...WEAK])).toBe('ESCALATION');
    });

    test('on a role that a stronger key carries, to make all who have it stronger', async () => {
      const roleId = await place.role(['read_render']);
      await place.key({ roleId, grants: ['*'] });
      const mine = await place.key({ roleId, grants: ['role.manage'] });
      const stranger = await place.key({ grants: ['role.manage', ...WEAK] });
      const become = (token: string, permissions: string[]) =>
        attempt(token, 'updateRole', { id: roleId, permissions });
      expect(await become(mine.secret, ['read_render', 'api.key.create'])).toBe('ESCALATION');
      expect(await become(stranger.secret, ['read_render', ...WEAK])).toBe('ESCALATION');
      expect(await become(stranger.secret, [])).toBe('ESCALATION');
      expect(await become(mine.secret, ['read_render', 'role.manage'])).toBe('OK');
    });

    test('on itself', async () => {
      const strongRole = await place.role(['*']);
      const { id, secret } = await place.key({ grants: ['api.key.*'] });
      for (const change of [
        { grants: ['*'] },
        { grants: ['api.key.*', 'role.manage'] },
        { grants: ['api.*'] },
        { roleId: strongRole },
        { grants: ['api.key.update'] },
      ])
        expect(await attempt(secret, 'updateApiKey', { id, ...change })).toBe('ESCALATION');
    });

    test('on the keys of others: for their secret, or with another’s rights', async () => {
      const strong = await place.key({ grants: ['*'] });
      const { secret } = await place.key({ grants: ['api.key.*'] });
      expect(await attempt(secret, 'rotateApiKey', { id: strong.id })).toBe('ESCALATION');
      expect(await attempt(secret, 'updateApiKey', { id: strong.id, ipAllowlist: [] })).toBe('ESCALATION');
      expect(await attempt(secret, 'updateApiKey', { id: strong.id, enabled: false })).toBe('ESCALATION');
    });

    test('that is bound to a team, to reach beyond it', async () => {
      const teamIds = [place.boundTeamId];
      const team = await place.team();
      const { id, secret } = await place.key({ grants: ['*'], teamIds });
      const elsewhere = await place.key({ teamIds: [team] });
      const free = await place.key();
      const create = (input: Record<string, unknown>) =>
        attempt(secret, 'createApiKey', { name: 'A', ...input });
      for (const input of [{}, { teamIds: [] }, { teamIds: [team] }, { teamIds: [...teamIds, team] }])
        expect(await create(input)).toBe('ESCALATION');
      expect(await create({ teamIds, grants: ['*'] })).toBe('OK');
      const own = await place.key({ teamIds });
      for (const [target, outcome] of [
        [id, 'ESCALATION'],
        [own.id, 'ESCALATION'],
        [elsewhere.id, 'NOT_FOUND'],
        [free.id, 'NOT_FOUND'],
      ] as const)
        for (const wanted of [null, [team]])
          expect(await attempt(secret, 'updateApiKey', { id: target, teamIds: wanted })).toBe(outcome);
      for (const target of [elsewhere.id, free.id])
        for (const field of ['rotateApiKey', 'revokeApiKey'])
          expect(await attempt(secret, field, { id: target })).toBe('NOT_FOUND');
      expect(await attempt(secret, 'rotateApiKey', { id })).toBe('OK');
      const { membershipId } = await place.join('member');
      const roleId = await place.role([]);
      const email = `${newId('user')}@example.com`;
      expect(await attempt(secret, 'inviteMember', { email, roleId })).toBe('FORBIDDEN');
      expect(await attempt(secret, 'updateMember', { id: membershipId, roleId })).toBe('FORBIDDEN');
      expect(await attempt(secret, 'createRole', { name: newId('role'), permissions: [] })).toBe('FORBIDDEN');
      expect(await attempt(secret, 'updateRole', { id: roleId, permissions: WEAK })).toBe('FORBIDDEN');
    });
  });

  describe('by somebody who manages people and roles', () => {
    test('on oneself, by every way there is', async () => {
      const me = await place.join(MANAGER);
      const [ownerRole, adminRole] = [await place.systemRole('owner'), await place.systemRole('admin')];
      const { token, membershipId: id, roleId } = me;
      for (const wanted of [ownerRole, adminRole, await place.role(['*'])])
        expect(await attempt(token, 'updateMember', { id, roleId: wanted })).toBe('ESCALATION');
      for (const permissions of [['*'], [...MANAGER, 'audit.view'], [...MANAGER, 'team.*'], ['api.key.*']])
        expect(await attempt(token, 'updateRole', { id: roleId, permissions })).toBe('ESCALATION');
      const email = `${newId('user')}@example.com`;
      for (const wanted of [ownerRole, adminRole])
        expect(await attempt(token, 'inviteMember', { email, roleId: wanted })).toBe('ESCALATION');
      const { data } = await query(token, '{ viewer { permissions } }');
      expect(data.viewer.permissions).toEqual(MANAGER);
    });

    test('with a second self, who can do no more', async () => {
      const me = await place.join(MANAGER);
      const { signInUrl } = (
        await inviteMember(place.ctx, {
          organizationId: place.organizationId,
          email: `${newId('user')}@example.com`,
          roleId: me.roleId,
        })
      ).result;
      const token = new URL(signInUrl).hash.slice('#token='.length);
      const signedIn = await ask(
        server(),
        'mutation ($token: String!) { signIn(input: { token: $token }) { ... on SignInPayload { sessionToken } } }',
        { variables: { token } },
      );
      const second = signedIn.data.signIn.sessionToken;
      const ownerRole = await place.systemRole('owner');
      expect(await attempt(second, 'updateMember', { id: me.membershipId, roleId: ownerRole })).toBe(
        'ESCALATION',
      );
      expect(await attempt(second, 'updateRole', { id: me.roleId, permissions: ['*'] })).toBe('ESCALATION');
    });

    test('on who may do more', async () => {
      const { token } = await place.join(MANAGER);
      const weak = await place.role(WEAK);
      for (const strong of [await place.join('admin'), await place.join('owner'), await place.join(['*'])]) {
        const id = strong.membershipId;
        expect(await attempt(token, 'updateMember', { id, roleId: weak })).toBe('ESCALATION');
        expect(await attempt(token, 'updateMember', { id, teamIds: [] })).toBe('ESCALATION');
        expect(await attempt(token, 'removeMember', { id })).toBe('FORBIDDEN');
      }
      const email = await place.invite('owner');
      expect(await attempt(token, 'inviteMember', { email, roleId: weak })).toBe('ESCALATION');
    });
  });

  describe('by the owner of another organization', () => {
    test('who invites somebody to get at where else they are a member', async () => {
      const victim = await place.join('owner');
      const attacker = await other.join('owner');
      const roleId = await other.systemRole('member');
      const { data } = await ask(
        server(),
        'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { ... on InviteMemberPayload { signInUrl } } }',
        { token: attacker.token, variables: { input: { email: victim.email, roleId } } },
      );
      const link = new URL(data.inviteMember.signInUrl).hash.slice('#token='.length);
      const signedIn = await ask(
        server(),
        'mutation ($token: String!) { signIn(input: { token: $token }) { ... on SignInPayload { sessionToken user { id } } } }',
        { variables: { token: link } },
      );
      const { sessionToken, user } = signedIn.data.signIn;
      expect(user.id).toBe(victim.userId);
      const seen = await query(
        sessionToken,
        `{ viewer { organizations { totalCount nodes { id } } sessions { id current organization { id } } }
          organization(id: "${place.organizationId}") { id } node(id: "${place.organizationId}") { id } }`,
      );
      expect(seen.errors).toEqual([]);
      expect(seen.data).toEqual({
        viewer: {
          organizations: { totalCount: 1, nodes: [{ id: other.organizationId }] },
          sessions: [{ id: expect.any(String), current: true, organization: { id: other.organizationId } }],
        },
        organization: null,
        node: null,
      });
      const { organizationId } = place;
      const make = { organizationId, name: 'A' };
      expect(await attempt(sessionToken, 'createApiKey', make)).not.toBe('OK');
      expect(await attempt(sessionToken, 'revokeSession', { id: victim.sessionId })).toBe('NOT_FOUND');
      await query(sessionToken, 'mutation { signOut(input: { everywhere: true }) { endedSessions } }');
      const still = await query(victim.token, '{ viewer { organizations { totalCount } } }');
      expect(still.data.viewer.organizations.totalCount).toBe(1);
    });
  });

  describe('by reading', () => {
    test('what a key that only verifies is told of the key that it verifies', async () => {
      const gateway = await place.key({ grants: ['api.key.verify'] });
      const roleId = await place.role(WEAK);
      const { secret } = await place.key({ roleId, teamIds: [place.boundTeamId] });
      for (const hidden of [
        'auditLog { totalCount }',
        'usage { verified }',
        'secrets { usage { verified } }',
        'role { memberCount }',
        'role { apiKeyCount }',
        'teams { members { totalCount } }',
        'teams { apiKeys { totalCount } }',
        'organization { limits { activeApiKeys } }',
        'organization { keySummary { active } }',
        'organization { apiKeys { totalCount } }',
        'organization { members { totalCount } }',
        'organization { roles { totalCount } }',
        'organization { teams { totalCount } }',
        'organization { auditLog { totalCount } }',
      ]) {
        const document = `mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code apiKey { ${hidden} } } }`;
        const { errors } = await ask(server(), document, {
          token: gateway.secret,
          variables: { key: secret },
        });
        expect(errors[0]?.extensions.code, hidden).toBe('FORBIDDEN');
      }
    });

    test('what a member is told of roles and teams by way of keys', async () => {
      const { token } = await place.join('member');
      const roleId = await place.role(WEAK);
      const { id } = await place.key({ roleId, teamIds: [place.boundTeamId] });
      for (const hidden of [
        'role { memberCount }',
        'role { apiKeyCount }',
        'teams { members { totalCount } }',
      ]) {
        const { errors } = await query(token, `{ apiKey(id: "${id}") { ${hidden} } }`);
        expect(errors[0]?.extensions.code, hidden).toBe('FORBIDDEN');
      }
    });

    test('what an invited person’s other organizations are', async () => {
      const known = await place.join('admin');
      const attacker = await other.join('owner');
      const roleId = await other.systemRole('member');
      await inviteMember(other.ctx, { organizationId: other.organizationId, email: known.email, roleId });
      const { data } = await query(
        attacker.token,
        `{ organization { members(last: 1) { nodes { email name user { id } organization { id } role { name } teams { id } } } } node(id: "${known.membershipId}") { id } }`,
      );
      expect(data).toEqual({
        organization: {
          members: {
            nodes: [
              {
                email: known.email,
                name: null,
                user: null,
                organization: { id: other.organizationId },
                role: { name: 'member' },
                teams: [],
              },
            ],
          },
        },
        node: null,
      });
    });
  });

  test('within one request: what the first half takes away, the second half doesn’t have', async () => {
    const { token, membershipId } = await place.join('owner');
    const roleId = await place.systemRole('member');
    const { data, errors } = await query(
      token,
      `mutation {
        first: updateMember(input: { id: "${membershipId}", roleId: "${roleId}" }) { __typename }
        second: createApiKey(input: { name: "Too late", grants: ["*"] }) { __typename }
      }`,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission: 'api.key.create' } }]);
    expect(data).toEqual({ first: { __typename: 'UpdateMemberPayload' }, second: null });
    const after = await query(token, '{ viewer { permissions } }');
    expect(after.data.viewer.permissions).not.toContain('*');
  });
});
