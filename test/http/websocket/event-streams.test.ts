import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/core/config/config.ts';
import { cookieName } from '../../../src/http/auth/cookies.ts';
import { encodeCursor } from '../../../src/realtime/cursor.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { openEventSource } from '../../support/event-source.ts';
import { CHANGED, present, rename, setRole, USED } from '../../support/live.ts';
import { areLive } from '../../support/live-socket.ts';
import { makeApiKey, makeMember, serverOn, type TestServer } from '../../support/server.ts';
import { openConnection } from '../../support/sockets.ts';
import { eventually } from '../../support/wait.ts';

const ENDED = { event: 'complete', data: '' };

/** Waits until nothing is left of the streams that there were. */
async function isQuiet({ app }: TestServer): Promise<void> {
  await eventually(() => {
    const { callers, subscribers } = app.liveServer.subscriptions.counts;
    return callers === 0 && subscribers === 0;
  });
}

onEachDatabase('a stream of Server-Sent Events', (engine) => {
  const server = serverOn(engine, { liveLimits: { perCaller: 4, bufferedMax: 65_536 } });
  const http = { ...parseConfig({}).http, writeTimeoutMs: 200 };
  const impatient = serverOn(engine, { liveLimits: { pingIntervalMs: 200 }, config: { http } });

  test('carries a subscription, each change with the cursor as its id', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const stream = await openEventSource(server(), CHANGED, { token });
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers.get('cache-control')).toBe('no-store');
    await eventually(() => stream.comments() > 0);
    await areLive(server(), 1);
    await makeApiKey(server(), organizationId, { name: 'Schlüssel' });
    const [change] = await stream.received(1);
    expect(change).toMatchObject({ __typename: 'ApiKeyCreated', apiKey: { name: 'Schlüssel' } });
    expect(stream.events[0]).toMatchObject({ event: 'next', lastEventId: change.cursor });
    stream.leave();
    await isQuiet(server());
  });

  test('goes on after Last-Event-ID, by GET as EventSource asks, whatever `after` says', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const first = await openEventSource(server(), CHANGED, { token, method: 'GET' });
    await areLive(server(), 1);
    for (const name of ['One', 'Two']) await makeApiKey(server(), organizationId, { name });
    await first.received(2);
    const { lastEventId } = first.events[0] ?? {};
    first.leave();
    await isQuiet(server());
    await makeApiKey(server(), organizationId, { name: 'Three' });
    const again = await openEventSource(server(), CHANGED, {
      token,
      method: 'GET',
      ...(lastEventId === undefined ? {} : { lastEventId }),
      variables: { after: encodeCursor(organizationId, 0) },
    });
    const names = (await again.received(2)).map(({ apiKey }) => apiKey.name);
    expect(names).toEqual(['Two', 'Three']);
    again.leave();
    await isQuiet(server());
  });

  test('carries uses, which have no place to go on from', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const stream = await openEventSource(server(), USED, { token, lastEventId: 'whatever' });
    await areLive(server(), 1);
    await present(server(), key.secret);
    const [use] = await stream.received(1);
    expect(use).toMatchObject({ count: 1, apiKey: { id: key.id } });
    expect(stream.events[0]?.lastEventId).toBe('');
    stream.leave();
    await isQuiet(server());
  });

  describe('is refused before it begins', () => {
    test('without a credential, with a bad one, and with a cookie that nobody vouches for', async () => {
      const { sessionToken } = await makeMember(server());
      const none = await openEventSource(server(), CHANGED);
      const bad = await openEventSource(server(), CHANGED, { token: `sess_${'A'.repeat(43)}` });
      const headers = { Cookie: `${cookieName(server().url)}=${sessionToken}` };
      const cookie = await openEventSource(server(), CHANGED, { method: 'GET', headers });
      expect([none.status, bad.status, cookie.status]).toEqual([401, 401, 401]);
      const own = await openEventSource(server(), CHANGED, {
        headers: { ...headers, 'X-Requested-With': 'keywright' },
      });
      expect(own.status).toBe(200);
      own.leave();
      await isQuiet(server());
    });

    test('for arguments and permissions as a query is', async () => {
      const { organizationId } = await makeMember(server());
      const blind = await makeApiKey(server(), organizationId, { grants: ['team.view'] });
      const { sessionToken: token } = await makeMember(server());
      const codeOf = async (query: string, options: { token: string; lastEventId?: string }) => {
        const stream = await openEventSource(server(), query, options);
        await stream.ended;
        expect([stream.status, stream.events.map(({ event }) => event)]).toEqual([200, ['next', 'complete']]);
        const [{ errors }] = stream.values();
        return errors[0]?.extensions.code;
      };
      expect(await codeOf(CHANGED, { token: blind.secret })).toBe('FORBIDDEN');
      expect(await codeOf(CHANGED, { token, lastEventId: 'nonsense' })).toBe('CURSOR_INVALID');
      expect(await codeOf('subscription { nothing }', { token })).toBe('BAD_REQUEST');
      await isQuiet(server());
    });

    test('where a caller has as many as it may have', async () => {
      const { sessionToken: token } = await makeMember(server());
      const streams = [];
      for (let n = 0; n < 4; n += 1) streams.push(await openEventSource(server(), CHANGED, { token }));
      expect((await openEventSource(server(), CHANGED, { token })).status).toBe(429);
      streams.pop()?.leave();
      await eventually(() => server().app.liveServer.subscriptions.counts.callers === 3);
      const next = await openEventSource(server(), CHANGED, { token });
      expect(next.status).toBe(200);
      for (const stream of [...streams, next]) stream.leave();
      await isQuiet(server());
    });

    test('where the client does not accept one', async () => {
      const { sessionToken: token } = await makeMember(server());
      const headers = { Accept: 'application/json' };
      const stream = await openEventSource(server(), CHANGED, { token, headers });
      expect(stream.status).toBe(406);
    });
  });

  test('ends with an error and `complete` where the cursor is too far ahead', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const after = encodeCursor(organizationId, 1_000);
    const stream = await openEventSource(server(), CHANGED, { token, variables: { after } });
    await stream.ended;
    expect(stream.values()[0].errors[0].extensions.code).toBe('CURSOR_INVALID');
    expect(stream.events.at(-1)).toMatchObject(ENDED);
    await isQuiet(server());
  });

  test('ends where the credential ends, or the permission', async () => {
    const owner = await makeMember(server());
    const { organizationId } = owner;
    const [one, other] = [
      await makeMember(server(), { organizationId, role: 'member' }),
      await makeMember(server(), { organizationId, role: 'member' }),
    ];
    const lost = await openEventSource(server(), CHANGED, { token: one.sessionToken });
    const blind = await openEventSource(server(), CHANGED, { token: other.sessionToken });
    await areLive(server(), 2);
    await server().services.db.deleteFrom('sessions').where('user_id', '=', one.userId).execute();
    await setRole(server(), other, ['team.view']);
    await Promise.all([lost.ended, blind.ended]);
    expect(lost.values()[0].errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED' });
    expect(blind.values()[0].errors[0].extensions).toEqual({ code: 'FORBIDDEN', permission: 'api.key.view' });
    for (const stream of [lost, blind]) expect(stream.events.at(-1)).toMatchObject(ENDED);
    await isQuiet(server());
  });

  test('that nobody reads for a while gets every change once it is read, with its cursor', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId, { metadata: { text: 'x'.repeat(16_000) } });
    const much = Array.from({ length: 20 }, (_, n) => `m${n}: metadata`).join(' ');
    const body = JSON.stringify({ query: `subscription { apiKeyChanged { cursor apiKey { ${much} } } }` });
    const connection = await openConnection(server().url);
    const head = [
      'POST /graphql HTTP/1.1',
      'Host: keywright',
      'Accept: text/event-stream',
      'Content-Type: application/json',
      `Authorization: Bearer ${token}`,
      `Content-Length: ${body.length}`,
      'Connection: close',
    ];
    connection.send(`${head.join('\r\n')}\r\n\r\n${body}`);
    await areLive(server(), 1);
    connection.socket.pause();
    const { connections } = server().app;
    let changes = 0;
    const next = async () => {
      changes += 1;
      await rename(server(), key.id, `Name ${changes}`);
      await turn();
    };
    while (connections.counts.unsentBytes < 262_144) await next();
    for (let n = 0; n < 10; n += 1) await next();
    connection.socket.resume();
    const cursors = () => [...connection.received().matchAll(/^id: (\S+)\n/gm)].map(([, cursor]) => cursor);
    await eventually(() => cursors().length === changes);
    await rename(server(), key.id, 'The last');
    await eventually(() => cursors().length === changes + 1);
    expect(new Set(cursors()).size).toBe(changes + 1);
    expect(connection.received()).not.toContain('"errors"');
    connection.socket.destroy();
    await isQuiet(server());
  });

  test.each([
    ['changes', 'apiKeyChanged { apiKey'],
    ['uses', 'apiKeyUsed(minIntervalMs: 100) { apiKey'],
  ])(
    'of %s that nobody ever reads is cut, and its place is free again',
    async (_what, field) => {
      const { organizationId, sessionToken: token } = await makeMember(impatient());
      const key = await makeApiKey(impatient(), organizationId, { metadata: { text: 'x'.repeat(16_000) } });
      const much = Array.from({ length: 20 }, (_, n) => `m${n}: metadata`).join(' ');
      const body = JSON.stringify({ query: `subscription { ${field} { ${much} } } }` });
      const connection = await openConnection(impatient().url);
      const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${body.length}\r\n\r\n`;
      connection.send(head + body);
      await areLive(impatient(), 1);
      connection.socket.pause();
      await eventually(async () => {
        await rename(impatient(), key.id, `Name ${performance.now()}`);
        await present(impatient(), key.secret);
        return impatient().app.liveServer.subscriptions.counts.callers === 0;
      });
      // A quiet one is not cut: there is nothing that it should have read.
      const stream = await openEventSource(impatient(), CHANGED, { token });
      const start = stream.comments();
      await eventually(() => stream.comments() > start + 5);
      stream.leave();
      await isQuiet(impatient());
    },
    20_000,
  );

  test('leaves nothing behind where the client leaves at any moment of its opening', async () => {
    const { sessionToken: token } = await makeMember(server());
    for (let round = 0; round < 40; round += 1) {
      const connection = await openConnection(server().url);
      const body = JSON.stringify({ query: CHANGED });
      const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${body.length}\r\n\r\n`;
      connection.send(head + body);
      const end = performance.now() + round / 8;
      await eventually(() => performance.now() >= end);
      connection.socket.resetAndDestroy();
    }
    await isQuiet(server());
    const { changes } = server().app.services;
    await eventually(() => changes.followed === 0);
    // All places are free again.
    for (let n = 0; n < 4; n += 1)
      expect((await openEventSource(server(), CHANGED, { token })).status).toBe(200);
  });
});
