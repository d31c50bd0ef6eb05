import { describe, expect, test } from 'vitest';
import { createApiKey } from '../../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../../src/keys/revoke-api-key.ts';
import { revokeApiKeySecret } from '../../../src/keys/revoke-api-key-secret.ts';
import { rotateApiKey } from '../../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../../src/keys/update-api-key.ts';
import { encodeCursor } from '../../../src/realtime/cursor.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { anyone, CHANGED, rename } from '../../support/live.ts';
import { areLive, connectLive } from '../../support/live-socket.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken, serverOn } from '../../support/server.ts';

const EVERYTHING = `subscription {
  apiKeyChanged {
    __typename
    cursor
    occurredAt
    actor { ... on SystemActor { name } ... on User { id } }
    apiKey { id name status }
    ... on ApiKeyUpdated { changedFields }
    ... on ApiKeyRotated { retiring { id status } }
    ... on ApiKeySecretRevoked { secret { id status } }
    ... on ApiKeyRevoked { reason }
  }
}`;

onEachDatabase('apiKeyChanged', (engine) => {
  const server = serverOn(engine);

  test('tells of a key’s whole life, in order, with who did it and what', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const changes = socket.subscribe(EVERYTHING);
    await areLive(server(), 1);
    const ctx = anyone(server());
    const { apiKey } = (await createApiKey(ctx, { organizationId, name: 'Pipeline' })).result;
    const { id } = apiKey;
    await changes.received(1);
    await updateApiKey(ctx, { id, name: 'Deployment', description: 'From main' });
    await changes.received(2);
    const { retiring } = (await rotateApiKey(ctx, { id, overlapSeconds: 60 })).result;
    await changes.received(3);
    await revokeApiKeySecret(ctx, { id: retiring.id });
    await changes.received(4);
    await revokeApiKey(ctx, { id, reason: 'Leaked' });
    await changes.received(5);
    const common = {
      cursor: expect.any(String),
      occurredAt: new Date(server().clock.now()).toISOString(),
      actor: { name: 'test' },
    };
    const key = { id, name: 'Deployment', status: 'ACTIVE' };
    expect(changes.events).toEqual([
      { __typename: 'ApiKeyCreated', ...common, apiKey: { ...key, name: 'Pipeline' } },
      { __typename: 'ApiKeyUpdated', ...common, apiKey: key, changedFields: ['name', 'description'] },
      {
        __typename: 'ApiKeyRotated',
        ...common,
        apiKey: key,
        retiring: { id: retiring.id, status: 'RETIRING' },
      },
      {
        __typename: 'ApiKeySecretRevoked',
        ...common,
        apiKey: key,
        secret: { id: retiring.id, status: 'REVOKED' },
      },
      { __typename: 'ApiKeyRevoked', ...common, apiKey: { ...key, status: 'REVOKED' }, reason: 'Leaked' },
    ]);
  });

  test('of some types or some keys passes on just those, replayed or live', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const [one, two, three] = [
      await makeApiKey(server(), organizationId),
      await makeApiKey(server(), organizationId),
      await makeApiKey(server(), organizationId),
    ];
    await rename(server(), one.id, 'One');
    await rename(server(), three.id, 'Three');
    const socket = await connectLive(server(), sessionToken);
    const after = encodeCursor(organizationId, 0);
    const updates = socket.subscribe(CHANGED, { after, types: ['UPDATED'] });
    const some = socket.subscribe(CHANGED, { after, apiKeyIds: [two.id, one.id, two.id] });
    const none = socket.subscribe(CHANGED, { after, types: [] });
    await areLive(server(), 3);
    await rename(server(), two.id, 'Two');
    await makeApiKey(server(), organizationId, { name: 'Four' });
    await rename(server(), one.id, 'Last');
    await updates.received(4);
    await some.received(5);
    const ids = (events: { apiKey: { id: string } }[]) => events.map(({ apiKey }) => apiKey.id);
    expect(ids(updates.events)).toEqual([one.id, three.id, two.id, one.id]);
    expect(ids(some.events)).toEqual([one.id, two.id, one.id, two.id, one.id]);
    expect(some.events.map((event) => event.__typename)).toEqual([
      'ApiKeyCreated',
      'ApiKeyCreated',
      'ApiKeyUpdated',
      'ApiKeyUpdated',
      'ApiKeyUpdated',
    ]);
    expect(none.messages).toEqual([]);
  });

  test('says nothing of another organization; an operator names the one it means', async () => {
    const mine = await makeMember(server());
    const theirs = await makeMember(server());
    const token = await makeOperatorToken(server(), `back-end-${engine}`);
    const operator = await connectLive(server(), token);
    const owner = await connectLive(server(), mine.sessionToken);
    const { organizationId } = theirs;
    const foreign = owner.subscribe(CHANGED, { organizationId });
    expect(await foreign.failed()).toBe('NOT_FOUND');
    expect(await operator.subscribe(CHANGED).failed()).toBe('BAD_USER_INPUT');
    const key = await makeApiKey(server(), organizationId);
    const stranger = owner.subscribe(CHANGED, { apiKeyIds: [key.id] });
    expect(await stranger.failed()).toBe('NOT_FOUND');
    const own = owner.subscribe(CHANGED);
    const named = operator.subscribe(CHANGED, { organizationId });
    await areLive(server(), 2);
    await makeApiKey(server(), organizationId, { name: 'Theirs' });
    await makeApiKey(server(), mine.organizationId, { name: 'Mine' });
    expect((await own.received(1)).map(({ apiKey }) => apiKey.name)).toEqual(['Mine']);
    expect((await named.received(1)).map(({ apiKey }) => apiKey.name)).toEqual(['Theirs']);
  });

  test('by an API key is of its own organization, and needs api.key.view', async () => {
    const { organizationId } = await makeMember(server());
    const viewer = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
    const blind = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const socket = await connectLive(server(), viewer.secret);
    const changes = socket.subscribe(CHANGED);
    await areLive(server(), 1);
    await rename(server(), blind.id, 'Blind');
    await changes.received(1);
    const refused = (await connectLive(server(), blind.secret)).subscribe(CHANGED);
    await refused.failed();
    expect(refused.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', permission: 'api.key.view' });
  });

  describe('after a cursor', () => {
    test('of the last change goes on with the next', async () => {
      const { organizationId, sessionToken } = await makeMember(server());
      const socket = await connectLive(server(), sessionToken);
      const first = socket.subscribe(CHANGED);
      await areLive(server(), 1);
      for (const name of ['One', 'Two', 'Three']) await makeApiKey(server(), organizationId, { name });
      await first.received(3);
      const rest = socket.subscribe(CHANGED, { after: first.events[0].cursor });
      await rest.received(2);
      const last = socket.subscribe(CHANGED, { after: first.events[2].cursor });
      await areLive(server(), 3);
      await makeApiKey(server(), organizationId, { name: 'Four' });
      await Promise.all([first.received(4), rest.received(3), last.received(1)]);
      expect(rest.events).toEqual(first.events.slice(1));
      expect(last.events).toEqual(first.events.slice(3));
    });

    test('that was read before the subscription receives every change made since', async () => {
      const { organizationId, sessionToken: token } = await makeMember(server());
      const { data: start } = await ask(server(), '{ apiKeyChangesCursor }', { token });
      const cursors = [start.apiKeyChangesCursor];
      for (const name of ['One', 'Two']) {
        await makeApiKey(server(), organizationId, { name });
        const { data } = await ask(server(), '{ apiKeyChangesCursor }', { token });
        cursors.push(data.apiKeyChangesCursor);
      }
      const socket = await connectLive(server(), token);
      const subscriptions = cursors.map((after) => socket.subscribe(CHANGED, { after }));
      await areLive(server(), 3);
      await makeApiKey(server(), organizationId, { name: 'Three' });
      const names = ['One', 'Two', 'Three'];
      for (const [missed, changes] of subscriptions.entries()) {
        await changes.received(3 - missed);
        expect(changes.events.map(({ apiKey }) => apiKey.name)).toEqual(names.slice(missed));
        expect(changes.events.map(({ cursor }) => cursor).slice(0, -1)).toEqual(cursors.slice(missed + 1));
      }
    });

    test('that is malformed, another organization’s or of the future is refused', async () => {
      const { organizationId, sessionToken } = await makeMember(server());
      const other = await makeMember(server());
      const socket = await connectLive(server(), sessionToken);
      const good = encodeCursor(organizationId, 1);
      const bad = [
        '',
        'nonsense',
        `${good}=`,
        ` ${good}`,
        good.slice(0, -1),
        encodeCursor(other.organizationId, 1),
        encodeCursor(organizationId, 1_000_000),
        encodeCursor(organizationId, -1),
        encodeCursor(organizationId, 1.5),
        encodeCursor(organizationId, 2 ** 60),
        Buffer.from(`${organizationId} 01`).toString('base64url'),
        Buffer.from(`${organizationId} 1 1`).toString('base64url'),
      ];
      for (const after of bad) {
        const refused = socket.subscribe(CHANGED, { after });
        expect([after, await refused.failed()]).toEqual([after, 'CURSOR_INVALID']);
      }
      await areLive(server(), 0);
      expect(server().app.liveServer.subscriptions.counts.subscribers).toBe(0);
    });
  });
});
