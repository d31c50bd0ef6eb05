import { expect, test } from 'vitest';
import { write } from '../../src/command.ts';
import { newId } from '../../src/core/ids.ts';
import { createSession } from '../../src/sessions/create-session.ts';
import { onEachDatabase } from '../support/databases.ts';
import { anyone } from '../support/live.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken, serverOn } from '../support/server.ts';

const NODES = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Session {
  createdAt lastSeenAt expiresAt current userAgent organization { id } } } }`;

onEachDatabase('a session as a node', (engine) => {
  const server = serverOn(engine);

  async function sessionOf(userId: string, limitedTo: string | null = null) {
    const notes = { limitedTo, organizationIds: limitedTo ? [limitedTo] : [] };
    return (await write(anyone(server()), (change) => createSession(change, userId, notes))).result;
  }

  const nodesOf = async (token: string, ids: readonly string[]) => {
    const { data, errors } = await ask(server(), NODES, { token, variables: { ids } });
    expect(errors).toEqual([]);
    return data.nodes;
  };

  test('is the same as in the list of the viewer’s sessions', async () => {
    const { userId, sessionToken } = await makeMember(server());
    await sessionOf(userId);
    const fields = '__typename id createdAt lastSeenAt expiresAt current userAgent organization { id }';
    const { data } = await ask(server(), `{ viewer { sessions { ${fields} } } }`, { token: sessionToken });
    const { sessions } = data.viewer;
    expect(sessions).toHaveLength(2);
    const ids = sessions.map(({ id }: { id: string }) => id);
    expect(await nodesOf(sessionToken, ids)).toEqual(sessions);
  });

  test('is null to others as one that doesn’t exist is: another person, a key, an operator', async () => {
    const owner = await makeMember(server());
    const { id } = await sessionOf(owner.userId);
    const other = await makeMember(server());
    const { secret } = await makeApiKey(server(), owner.organizationId, { grants: ['*'] });
    const operator = await makeOperatorToken(server(), newId('op'));
    for (const token of [other.sessionToken, secret, operator])
      expect(await nodesOf(token, [id, newId('ses')])).toEqual([null, null]);
  });

  test('is null once it has ended, and where it was revoked', async () => {
    const { userId, sessionToken } = await makeMember(server());
    const { id } = await sessionOf(userId);
    const revoke =
      'mutation ($id: ID!) { revokeSession(input: { id: $id }) { __typename } node: signOut(input: null) { signedOut } }';
    await ask(server(), revoke, { token: sessionToken, variables: { id } });
    const { sessionToken: again } = await makeMember(server());
    expect(await nodesOf(again, [id])).toEqual([null]);
    const own = await sessionOf(userId);
    expect(await nodesOf(own.token, [id, own.id])).toMatchObject([null, { id: own.id, current: true }]);
  });

  test('of a limited session is visible to sessions with the same limit only', async () => {
    const { userId, organizationId } = await makeMember(server());
    const whole = await sessionOf(userId);
    const limited = await sessionOf(userId, organizationId);
    expect(await nodesOf(limited.token, [whole.id, limited.id])).toMatchObject([
      null,
      { id: limited.id, organization: { id: organizationId } },
    ]);
    expect(await nodesOf(whole.token, [whole.id, limited.id])).toMatchObject([
      { id: whole.id },
      { id: limited.id },
    ]);
  });

  test('is the target of the audit entries that it began and ended with, for its own user', async () => {
    const { userId, organizationId, sessionToken } = await makeMember(server());
    const { id } = await sessionOf(userId, organizationId);
    const log = `query ($id: ID!) { organization { auditLog(filter: { targetId: $id }) { nodes {
      action outcome target { __typename id } } } } }`;
    const entries = async (token: string) =>
      (await ask(server(), log, { token, variables: { id } })).data.organization.auditLog.nodes;
    const entry = { action: 'session.created', outcome: 'DONE' };
    expect(await entries(sessionToken)).toEqual([{ ...entry, target: { __typename: 'Session', id } }]);
    const { secret } = await makeApiKey(server(), organizationId, { grants: ['*'] });
    expect(await entries(secret)).toEqual([{ ...entry, target: null }]);
  });

  test('signOut: everywhere ends all, null and nothing the caller’s own; without a credential it is a 401', async () => {
    const signOut = (token: string | undefined, args: string) =>
      ask(server(), `mutation { signOut${args} { signedOut endedSessions } }`, token ? { token } : {});
    const { userId, sessionToken } = await makeMember(server());
    const [one, two, three] = [await sessionOf(userId), await sessionOf(userId), await sessionOf(userId)];
    const ended = async (token: string, args: string) => (await signOut(token, args)).data.signOut;
    expect(await ended(one.token, '(input: null)')).toEqual({ signedOut: true, endedSessions: 1 });
    expect(await ended(two.token, '(input: {})')).toEqual({ signedOut: true, endedSessions: 1 });
    expect(await ended(three.token, '(input: { everywhere: null })')).toMatchObject({ endedSessions: 1 });
    await sessionOf(userId);
    expect(await ended(sessionToken, '(input: { everywhere: true })')).toMatchObject({ endedSessions: 2 });
    const refused = await signOut(undefined, '(input: null)');
    expect(refused.status).toBe(401);
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});
