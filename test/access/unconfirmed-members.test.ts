import { beforeAll, expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { issueSignInLink } from '../../src/sign-in/issue-sign-in-link.ts';
import { freshAccount, type Site, signInAs, siteOn } from '../http/sign-in/oidc-site.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, type TestServer } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { invite, open, reached } from './invitations.ts';
import { MANAGER } from './matrix.ts';
import { Place } from './world.ts';

onEachDatabase('who opens an invitation that somebody else has seen', (engine) => {
  const site: () => Site = siteOn(engine);
  const server = (): TestServer => site().server;
  let acme: Place;
  let manager: Awaited<ReturnType<Place['join']>>;

  beforeAll(async () => {
    acme = await Place.make(server().services, 'Acme');
    manager = await acme.join(MANAGER);
  });

  /** Somebody of another organization whose invitation the inviter opened. */
  async function opened(role = 'member') {
    const other = await Place.make(server().services, 'Other');
    const person = await other.join('owner');
    const { link, membershipId } = await invite(server(), acme, manager.token, person.email, role);
    const { token } = await open(server(), link);
    return { ...person, membershipId, other, byLink: token };
  }

  const logOf = async (organizationId: string) =>
    server()
      .services.db.selectFrom('audit_log')
      .select(['action', 'actor', 'target_id', 'changes'])
      .where('organization_id', '=', organizationId)
      .orderBy('sequence')
      .execute();

  const operatorLink = async (email: string) => {
    const { token } = await issueSignInLink(contextFor(server().services, systemPrincipal('cli')), email);
    return token;
  };

  test('gets a session of that organization alone, and the person’s own sessions stay as they are', async () => {
    const person = await opened();
    expect(await reached(server(), person.byLink)).toEqual([acme.organizationId]);
    expect(await reached(server(), person.token)).toEqual([person.other.organizationId]);
    // Nor does a program of theirs have to name an organization that it didn't need to name before.
    const create = 'mutation { createApiKey(input: { name: "Mine" }) { __typename } }';
    const { data, errors } = await ask(server(), create, { token: person.token });
    expect([errors, data.createApiKey?.__typename]).toEqual([[], 'CreateApiKeyPayload']);
  });

  test('is seen by the person, who can end that session', async () => {
    const person = await opened();
    const query = '{ viewer { sessions { id current organization { id name } } } }';
    const { data, errors } = await ask(server(), query, { token: person.token });
    expect(errors).toEqual([]);
    const seen = data.viewer.sessions.find(({ current }: { current: boolean }) => !current);
    expect(seen.organization).toEqual({ id: acme.organizationId, name: 'Acme' });
    const revoke = `mutation { revokeSession(input: { id: "${seen.id}" }) { __typename } }`;
    expect((await ask(server(), revoke, { token: person.token })).errors).toEqual([]);
    expect(await reached(server(), person.byLink)).toBeNull();
    const last = (await logOf(acme.organizationId)).at(-1);
    expect([last?.action, last?.target_id]).toEqual(['session.ended', seen.id]);
  });

  test('even where the person was signed in, to one organization alone', async () => {
    const third = await Place.make(server().services, 'Third');
    const inviter = await third.join('owner');
    const person = await opened();
    const { link } = await invite(server(), third, inviter.token, person.email);
    const { token } = await open(server(), link, person.byLink);
    expect(await reached(server(), token)).toEqual([third.organizationId]);
    expect(await reached(server(), person.token)).toEqual([person.other.organizationId]);
  });

  test('sees nothing of the person’s own sessions, nor does the organization', async () => {
    const person = await opened();
    const before = await logOf(acme.organizationId);
    const signOut = 'mutation { signOut(input: { everywhere: true }) { endedSessions } }';
    const { errors } = await ask(server(), signOut, { token: person.token });
    expect(errors).toEqual([]);
    const after = (await logOf(acme.organizationId)).slice(before.length);
    expect(after.map(({ target_id }) => target_id)).not.toContain(person.sessionId);
  });

  test('makes nobody a member for good: removal of the real membership ends the person’s own sessions', async () => {
    const person = await opened();
    const remove = `mutation { removeMember(input: { id: "${person.membershipId}" }) { __typename } }`;
    const own = await person.other.join('owner');
    const { data } = await ask(
      server(),
      `mutation { removeMember(input: { id: "${await idOf(person)}" }) { __typename } }`,
      { token: own.token },
    );
    expect(data.removeMember.__typename).toBe('RemoveMemberPayload');
    expect(await reached(server(), person.token)).toBeNull();
    expect(await reached(server(), person.byLink)).toEqual([acme.organizationId]);
    const removed = await ask(server(), remove, { token: manager.token });
    expect(removed.data.removeMember.__typename).toBe('RemoveMemberPayload');
    expect(await reached(server(), person.byLink)).toBeNull();
  });

  const idOf = async ({ membershipId, other, userId }: Awaited<ReturnType<typeof opened>>) => {
    const { db } = server().services;
    const { id } = await db
      .selectFrom('memberships')
      .select('id')
      .where('user_id', '=', userId)
      .where('organization_id', '=', other.organizationId)
      .executeTakeFirstOrThrow();
    expect(id).not.toBe(membershipId);
    return id;
  };

  test('is put out when the person confirms the membership by a link of the operator', async () => {
    const person = await opened();
    const { token } = await open(server(), await operatorLink(person.email));
    expect(await reached(server(), token)).toEqual([acme.organizationId, person.other.organizationId].sort());
    expect(await reached(server(), person.token)).toEqual(await reached(server(), token));
    expect(await reached(server(), person.byLink)).toBeNull();
    const confirmed = (await logOf(acme.organizationId)).filter(
      ({ target_id, action }) => target_id === person.membershipId && action === 'member.updated',
    );
    expect(confirmed).toMatchObject([{ actor: person.userId, changes: '{"confirmed":[false,true]}' }]);
  });

  test('is put out when the person signs in with the provider', async () => {
    const person = await opened();
    const { page } = await signInAs(site(), freshAccount({ email: person.email }));
    expect(page.status).toBe(200);
    expect(await reached(server(), person.token)).toEqual(
      [acme.organizationId, person.other.organizationId].sort(),
    );
    expect(await reached(server(), person.byLink)).toBeNull();
  });

  test('is the person only where it is open in a session of theirs', async () => {
    const other = await Place.make(server().services, 'Other');
    const person = await other.join('owner');
    const { link, membershipId } = await invite(server(), acme, manager.token, person.email);
    const { token } = await open(server(), link, person.token);
    expect(await reached(server(), token)).toEqual([acme.organizationId, other.organizationId].sort());
    const { confirmed } = await server()
      .services.db.selectFrom('memberships')
      .select('confirmed')
      .where('id', '=', membershipId)
      .executeTakeFirstOrThrow();
    expect(confirmed).toBe(1);
  });

  test('is answered alike, whether or not the address is known elsewhere', async () => {
    const other = await Place.make(server().services, 'Other');
    const known = await other.join('owner');
    const answers = [];
    for (const email of [known.email, `fresh-${known.email}`]) {
      const { link, membershipId } = await invite(server(), acme, manager.token, email);
      const facts = await ask(
        server(),
        `{ signInLink(token: "${link}") { needsSession organization: organizationName } }`,
      );
      const { type, token } = await open(server(), link);
      const log = (await logOf(acme.organizationId)).filter(({ target_id }) => target_id === membershipId);
      answers.push([
        facts.data,
        type,
        await reached(server(), token),
        log.map(({ action, changes }) => [action, Object.keys(JSON.parse(changes))]),
      ]);
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  test('in the same moment as a session of the person begins another way, adds nothing to that', async () => {
    for (let round = 0; round < 5; round += 1) {
      const other = await Place.make(server().services, 'Other');
      const person = await other.join('owner');
      const { link } = await invite(server(), acme, manager.token, person.email);
      const own = await operatorLink(person.email);
      const [byLink] = await Promise.all([open(server(), link), open(server(), own)]);
      const everything = [acme.organizationId, other.organizationId].sort();
      expect(await reached(server(), person.token)).toEqual(everything);
      if (byLink.token) expect(await reached(server(), byLink.token)).toBeNull();
    }
  });
});
