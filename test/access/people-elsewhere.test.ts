import { TypeID } from 'typeid-js';
import { beforeAll, expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import { issueSignInLink } from '../../src/sign-in/issue-sign-in-link.ts';
import { onEachDatabase } from '../support/databases.ts';
import { type Answer, ask, makeOperatorToken, serverOn } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { Place } from './world.ts';

const SIGN_IN = `mutation ($token: String!) { signIn(input: { token: $token }) {
  ... on SignInPayload { sessionToken user { id name email } } } }`;

onEachDatabase('an organization learns of people only what they do there', (engine) => {
  const server = serverOn(engine);
  let place: Place;
  let owner: Awaited<ReturnType<Place['join']>>;

  beforeAll(async () => {
    place = await Place.make(server().services, 'Acme');
    owner = await place.join('owner');
  });

  const query = (token: string, text: string, variables: Record<string, unknown> = {}) =>
    ask(server(), text, { token, variables });

  /** Somebody of another organization, who is called something there. */
  async function stranger() {
    const elsewhere = await Place.make(server().services, 'Elsewhere');
    const person = await elsewhere.join('owner');
    const { db } = server().services;
    const name = `Known elsewhere as ${newId('evt')}`;
    await db.updateTable('users').set({ name }).where('id', '=', person.userId).execute();
    await db.updateTable('memberships').set({ name }).where('id', '=', person.membershipId).execute();
    return { ...person, name, elsewhereId: elsewhere.organizationId };
  }

  async function invite(email: string, name: string | null = null) {
    const { data, errors } = await query(
      owner.token,
      `mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { ... on InviteMemberPayload {
        signInUrl membership { id email name joinedAt user { id name email } } } } }`,
      {
        input: {
          organizationId: place.organizationId,
          email,
          name,
          roleId: await place.systemRole('admin'),
        },
      },
    );
    expect(errors).toEqual([]);
    const { signInUrl, membership } = data.inviteMember;
    return { link: new URL(signInUrl).hash.slice('#token='.length), membership };
  }

  /** Everything that the owner can read of members and of what was done. */
  async function everything(userId: string): Promise<Answer['data']> {
    const { data, errors } = await query(
      owner.token,
      `query ($id: ID, $userId: ID!, $from: ID!) {
        organization(id: $id) {
          members(last: 100) { nodes { id email name joinedAt user { id name email } } }
          auditLog(first: 100) { nodes { targetId changes actor { ... on User { id name email } } } }
          byActor: auditLog(filter: { actorId: $from }) { totalCount }
        }
        node(id: $userId) { id }
        nodes(ids: [$userId]) { id }
      }`,
      { id: place.organizationId, userId, from: userId },
    );
    expect(errors).toEqual([]);
    return data;
  }

  test('an invitation tells neither name nor id nor age of who is known elsewhere', async () => {
    const person = await stranger();
    const { membership } = await invite(person.email);
    expect(membership).toMatchObject({ email: person.email, name: null, user: null, joinedAt: null });
    const seen = JSON.stringify(await everything(person.userId));
    expect(seen).toContain(person.email);
    for (const secret of [person.userId, person.name]) expect(seen).not.toContain(secret);
  });

  test('and looks the same for who is known nowhere', async () => {
    const person = await stranger();
    const fresh = `${newId('user')}@example.com`;
    const [known, unknown] = [await invite(person.email), await invite(fresh)];
    const shape = ({ membership }: { membership: object }) => ({ ...membership, id: '', email: '' });
    expect(shape(known)).toEqual(shape(unknown));
  });

  test('nor does one that is withdrawn, sent again, or followed by a link of the operator', async () => {
    const person = await stranger();
    const { membership } = await invite(person.email, 'Visitor');
    await query(owner.token, 'mutation ($id: ID!) { removeMember(input: { id: $id }) { __typename } }', {
      id: membership.id,
    });
    await invite(person.email);
    await issueSignInLink(contextFor(server().services, systemPrincipal('cli')), person.email);
    const seen = JSON.stringify(await everything(person.userId));
    for (const secret of [person.userId, person.name]) expect(seen).not.toContain(secret);
  });

  test('a session that the inviter begins with the link tells no name given elsewhere', async () => {
    const person = await stranger();
    const { link } = await invite(person.email);
    const { data } = await ask(server(), SIGN_IN, { variables: { token: link } });
    expect(data.signIn.user).toEqual({ id: person.userId, name: null, email: person.email });
    const { sessionToken } = data.signIn;
    const me = await query(sessionToken, '{ viewer { actor { ... on User { name email } } } }');
    expect(me.data.viewer.actor).toEqual({ name: null, email: person.email });
    const own = await query(person.token, '{ viewer { actor { ... on User { name } } } }');
    expect(own.data.viewer.actor.name).toBe(person.name);
  });

  test('nor, by the id of its user, whether somebody elsewhere has known the address before', async () => {
    const timeOf = (id: string) =>
      Number.parseInt(TypeID.fromString(id).toUUID().replaceAll('-', '').slice(0, 12), 16);
    const begun = Date.now();
    const ages: boolean[] = [];
    for (let time = 0; time < 10; time += 1) {
      const { link } = await invite(`${newId('user')}@example.com`);
      const { data } = await ask(server(), SIGN_IN, { variables: { token: link } });
      ages.push(timeOf(data.signIn.user.id) < begun);
    }
    // The ids of those whom nobody knew look as old as any others.
    expect(ages).toEqual(Array(10).fill(true));
  });

  test('who has joined is called as the organization calls them, wherever they appear', async () => {
    const person = await stranger();
    const { link, membership } = await invite(person.email, 'Our consultant');
    const { data } = await ask(server(), SIGN_IN, { variables: { token: link }, token: person.token });
    expect(data.signIn.user.name).toBe(person.name);
    const created = await query(
      data.signIn.sessionToken,
      `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
        ... on CreateApiKeyPayload { apiKey { id createdBy { ... on User { id name email } } } } } }`,
      { input: { organizationId: place.organizationId, name: 'Theirs' } },
    );
    const here = { id: person.userId, name: 'Our consultant', email: person.email };
    expect(created.data.createApiKey.apiKey.createdBy).toEqual(here);
    const seen = await everything(person.userId);
    expect(JSON.stringify(seen)).not.toContain(person.name);
    const listed = seen.organization.members.nodes.find(({ id }: { id: string }) => id === membership.id);
    expect(listed).toMatchObject({ email: person.email, name: 'Our consultant', user: here });
    const { data: found } = await query(
      owner.token,
      `{ node(id: "${person.userId}") { ... on User { id name email } } }`,
    );
    expect(found.node).toEqual(here);
    // Removed, they are known by the address, and what they made still says so.
    const { id } = created.data.createApiKey.apiKey;
    await query(owner.token, 'mutation ($id: ID!) { removeMember(input: { id: $id }) { __typename } }', {
      id: membership.id,
    });
    const left = await query(
      owner.token,
      `{ apiKey(id: "${id}") { createdBy { ... on User { id name email } } } node(id: "${person.userId}") { id } }`,
    );
    expect(left).toMatchObject({
      errors: [],
      data: { apiKey: { createdBy: { ...here, name: null } }, node: null },
    });
  });

  test('two organizations that share somebody each have their own name', async () => {
    const person = await stranger();
    const { link } = await invite(person.email, 'Here');
    const { data: own } = await ask(server(), SIGN_IN, { variables: { token: link }, token: person.token });
    const operator = await makeOperatorToken(server(), newId('op'));
    const names = async (token: string, organizationId: string) => {
      const { data } = await query(
        token,
        'query ($id: ID) { organization(id: $id) { members(last: 100) { nodes { name user { id name } } } } }',
        { id: organizationId },
      );
      return data.organization.members.nodes
        .filter(({ user }: { user: { id: string } | null }) => user?.id === person.userId)
        .map(({ name, user }: { name: string; user: { name: string } }) => [name, user.name]);
    };
    expect(await names(owner.token, place.organizationId)).toEqual([['Here', 'Here']]);
    for (const token of [own.signIn.sessionToken, operator]) {
      expect(await names(token, place.organizationId)).toEqual([['Here', 'Here']]);
      expect(await names(token, person.elsewhereId)).toEqual([[person.name, person.name]]);
    }
  });
});
