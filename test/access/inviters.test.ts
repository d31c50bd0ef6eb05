import { beforeAll, describe, expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import { createOperatorToken } from '../../src/operator-tokens/create-operator-token.ts';
import { revokeOperatorToken } from '../../src/operator-tokens/revoke-operator-token.ts';
import { issueSignInLink } from '../../src/sign-in/issue-sign-in-link.ts';
import { freshAccount, type Site, signInAs, siteOn } from '../http/sign-in/oidc-site.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, type TestServer } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { invite, open, reached } from './invitations.ts';
import { MANAGER } from './matrix.ts';
import { Place } from './world.ts';

onEachDatabase('an invitation', (engine) => {
  const site: () => Site = siteOn(engine);
  const server = (): TestServer => site().server;
  let place: Place;
  let owner: Awaited<ReturnType<Place['join']>>;

  beforeAll(async () => {
    place = await Place.make(server().services, 'Acme');
    owner = await place.join('owner');
  });

  const freshEmail = () => `${newId('user')}@example.com`;
  const commandLine = () => contextFor(server().services, systemPrincipal('cli'));

  /** A change by the owner, which must succeed. */
  async function change(field: string, input: Record<string, unknown>): Promise<void> {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`;
    const { data, errors } = await ask(server(), document, { token: owner.token, variables: { input } });
    expect([errors, data[field].__typename]).toEqual([[], expect.stringMatching(/Payload$/)]);
  }

  async function describeLink(link: string) {
    const { data } = await ask(server(), `{ signInLink(token: "${link}") { email } }`);
    return data.signInLink;
  }

  /** An inviter, and how it loses what the invitation takes. */
  type Loss = readonly [how: string, () => Promise<{ token: string; lose: () => Promise<unknown> }>];

  const losses: readonly Loss[] = [
    [
      'a member who is removed',
      async () => {
        const { token, membershipId: id } = await place.join(MANAGER);
        return { token, lose: () => change('removeMember', { id }) };
      },
    ],
    [
      'a member whose role no longer manages members',
      async () => {
        const { token, roleId: id } = await place.join(MANAGER);
        return {
          token,
          lose: () => change('updateRole', { id, permissions: ['api.key.view', 'team.view'] }),
        };
      },
    ],
    [
      'a member whose role no longer holds what it gave',
      async () => {
        const { token, roleId: id } = await place.join(MANAGER);
        return { token, lose: () => change('updateRole', { id, permissions: ['member.*'] }) };
      },
    ],
    [
      'a member who gets another role',
      async () => {
        const { token, membershipId: id } = await place.join('owner');
        const roleId = await place.systemRole('admin');
        return { token, lose: () => change('updateMember', { id, roleId }) };
      },
    ],
    [
      'a key that is revoked',
      async () => {
        const { id, secret } = await place.key({ grants: MANAGER });
        return { token: secret, lose: () => change('revokeApiKey', { id }) };
      },
    ],
    [
      'a key that is disabled',
      async () => {
        const { id, secret } = await place.key({ grants: MANAGER });
        return { token: secret, lose: () => change('updateApiKey', { id, enabled: false }) };
      },
    ],
    [
      'a key that is restricted',
      async () => {
        const { id, secret } = await place.key({ grants: MANAGER });
        return { token: secret, lose: () => change('updateApiKey', { id, ipAllowlist: ['127.0.0.1'] }) };
      },
    ],
    [
      'a key whose grants shrink',
      async () => {
        const { id, secret } = await place.key({ grants: MANAGER });
        return { token: secret, lose: () => change('updateApiKey', { id, grants: ['member.manage'] }) };
      },
    ],
    [
      'an operator token that is revoked, though another gets its name',
      async () => {
        const name = newId('op');
        const { token } = await createOperatorToken(commandLine(), name);
        const lose = async () => {
          await revokeOperatorToken(commandLine(), name);
          await createOperatorToken(commandLine(), name);
        };
        return { token, lose };
      },
    ],
  ];

  describe.each(losses)('of %s', (_how, start) => {
    test('has a link that no longer works, until somebody else invites again', async () => {
      const { token, lose } = await start();
      const email = freshEmail();
      const { link } = await invite(server(), place, token, email);
      expect(await describeLink(link)).toEqual({ email });
      await lose();
      expect(await describeLink(link)).toBeNull();
      expect((await open(server(), link)).type).toBe('NotFoundError');
      const again = await invite(server(), place, owner.token, email);
      const { token: session } = await open(server(), again.link);
      expect(await reached(server(), session)).toEqual([place.organizationId]);
    });

    test('lets nobody in by another door either', async () => {
      const { token, lose } = await start();
      const other = await Place.make(server().services, 'Other');
      const person = await other.join('owner');
      const email = freshEmail();
      for (const one of [email, person.email]) await invite(server(), place, token, one);
      await lose();
      expect((await signInAs(site(), freshAccount({ email }))).page.status).toBe(403);
      expect((await signInAs(site(), freshAccount({ email: person.email }))).page.status).toBe(200);
      expect(await reached(server(), person.token)).toEqual([other.organizationId]);
      const { token: link } = await issueSignInLink(commandLine(), person.email);
      await open(server(), link);
      expect(await reached(server(), person.token)).toEqual([other.organizationId]);
    });

    test('ends nothing that began before', async () => {
      const { token, lose } = await start();
      const { link } = await invite(server(), place, token, freshEmail());
      const session = await open(server(), link);
      await lose();
      expect(await reached(server(), session.token)).toEqual([place.organizationId]);
    });
  });

  test('whose role somebody else decided on later is theirs, and its link still its creator’s', async () => {
    const { token, membershipId: id } = await place.join(MANAGER);
    const email = freshEmail();
    const { link, membershipId } = await invite(server(), place, token, email);
    await change('updateMember', { id: membershipId, roleId: await place.role(['team.view']) });
    expect(await describeLink(link)).toEqual({ email });
    await change('removeMember', { id });
    expect(await describeLink(link)).toBeNull();
    expect((await open(server(), link)).type).toBe('NotFoundError');
    expect((await signInAs(site(), freshAccount({ email }))).page.status).toBe(200);
  });

  test('that is opened in the moment in which its creator is removed works before, or not at all', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { token, membershipId } = await place.join(MANAGER);
      const { link, membershipId: invited } = await invite(server(), place, token, freshEmail());
      await Promise.all([open(server(), link), change('removeMember', { id: membershipId })]);
      const entries = await server()
        .services.db.selectFrom('audit_log')
        .select(['action', 'target_id'])
        .where('organization_id', '=', place.organizationId)
        .where('target_id', 'in', [membershipId, invited])
        .where('action', 'in', ['member.removed', 'member.joined'])
        .orderBy('sequence')
        .execute();
      const order = entries.map(({ action, target_id }) => `${action} ${target_id}`);
      const joined = order.indexOf(`member.joined ${invited}`);
      if (joined !== -1) expect(joined).toBeLessThan(order.indexOf(`member.removed ${membershipId}`));
      expect((await open(server(), link)).type).toBe('NotFoundError');
    }
  });
});
