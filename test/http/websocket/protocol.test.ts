import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { onEachDatabase } from '../../support/databases.ts';
import { CHANGED } from '../../support/live.ts';
import { areLive, connectLive, openLiveSocket } from '../../support/live-socket.ts';
import { makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { openConnection, type RawConnection } from '../../support/sockets.ts';
import { eventually } from '../../support/wait.ts';

const UPGRADE =
  'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

const WHO = '{ viewer { actor { ... on User { id } } } }';

/** Whether the server has let go of the connection: what is sent on it then is answered with a reset. */
function isCut({ socket }: RawConnection): boolean {
  if (!socket.closed) socket.write('x');
  return socket.closed;
}

onEachDatabase('graphql-transport-ws', (engine) => {
  const server = serverOn(engine, { liveLimits: { initTimeoutMs: 300, messageBytes: 4_000 } });

  test('a client that is let in runs queries and mutations as over HTTP', async () => {
    const { userId, sessionToken, organizationId } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const query = socket.subscribe(WHO);
    await eventually(() => query.completed);
    expect(query.messages).toEqual([
      { type: 'next', id: query.id, payload: { data: { viewer: { actor: { id: userId } } } } },
      { type: 'complete', id: query.id },
    ]);
    const mutation = socket.subscribe(
      'mutation ($name: String!) { createApiKey(input: { name: $name }) { __typename ... on CreateApiKeyPayload { apiKey { id } } } }',
      { name: 'By socket' },
    );
    await eventually(() => mutation.completed);
    const { id } = mutation.events[0].apiKey;
    const key = await server().services.db.selectFrom('api_keys').selectAll().where('id', '=', id).execute();
    expect(key).toMatchObject([{ name: 'By socket', organization_id: organizationId, created_by: userId }]);
  });

  test('partial results come with their errors, as results', async () => {
    const member = await makeMember(server(), { role: 'member' });
    const socket = await connectLive(server(), member.sessionToken);
    const query = socket.subscribe(
      '{ viewer { actor { __typename } } organization { auditLog { nodes { id } } } }',
    );
    await eventually(() => query.completed);
    const { data, errors } = query.messages[0]?.payload ?? {};
    expect(query.messages[0]?.type).toBe('next');
    expect(data.viewer.actor.__typename).toBe('User');
    expect(errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'audit.view' });
  });

  test.each([
    ['not JSON', 'nonsense'],
    ['JSON that is no message', '[]'],
    ['no type', '{}'],
    ['an unknown type', '{"type":"start","id":"1"}'],
    ['a message that only servers send', '{"type":"connection_ack"}'],
    ['a subscription without an id', '{"type":"subscribe","payload":{"query":"{ viewer { __typename } }"}}'],
    ['a subscription without a query', '{"type":"subscribe","id":"1","payload":{}}'],
    ['a payload that is no object', '{"type":"connection_init","payload":7}'],
    ['an id longer than any client makes', JSON.stringify({ type: 'complete', id: 'x'.repeat(1_001) })],
  ])('%s closes the socket with 4400', async (_what, message) => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    socket.send(message);
    expect((await socket.closed).code).toBe(4400);
  });

  test('a binary message closes the socket with 4400', async () => {
    const socket = await openLiveSocket(server());
    socket.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
    expect((await socket.closed).code).toBe(4400);
  });

  test('a message that is too large closes the socket with 1009', async () => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    socket.send({ type: 'ping', payload: { text: 'x'.repeat(4_000) } });
    expect((await socket.closed).code).toBe(1009);
  });

  test('a client that does not say who it is in time is closed with 4408', async () => {
    const socket = await openLiveSocket(server());
    expect(await socket.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  test('an operation before the acknowledgement closes the socket with 4401', async () => {
    const socket = await openLiveSocket(server());
    socket.subscribe(WHO);
    expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  test('a second connection_init closes the socket with 4429, also while the first is looked at', async () => {
    const { sessionToken } = await makeMember(server());
    const later = await connectLive(server(), sessionToken);
    later.send({ type: 'connection_init' });
    expect((await later.closed).code).toBe(4429);
    const atOnce = await openLiveSocket(server());
    const init = { type: 'connection_init', payload: { authorization: `Bearer ${sessionToken}` } };
    atOnce.send(init);
    atOnce.send(init);
    expect((await atOnce.closed).code).toBe(4429);
  });

  test('a second operation of the same id closes the socket with 4409; one after its end is welcome', async () => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    socket.send({ type: 'subscribe', id: 'one', payload: { query: CHANGED } });
    socket.send({ type: 'complete', id: 'one' });
    socket.send({ type: 'subscribe', id: 'one', payload: { query: CHANGED } });
    await socket.ping();
    socket.send({ type: 'subscribe', id: 'one', payload: { query: WHO } });
    expect(await socket.closed).toEqual({ code: 4409, reason: 'Subscriber for one already exists' });
  });

  test.each(['x'.repeat(1_000), '🗝'.repeat(31), '語'.repeat(400), `x${'🗝'.repeat(31)}`])(
    'a repeated id that no close reason can hold closes the socket with 4409',
    async (id) => {
      const { sessionToken } = await makeMember(server());
      const socket = await connectLive(server(), sessionToken);
      for (const _time of [1, 2]) socket.send({ type: 'subscribe', id, payload: { query: CHANGED } });
      const { code, reason } = await socket.closed;
      expect([code, reason]).toEqual([4409, expect.stringMatching(/^Subscriber for .+…$/)]);
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    },
  );

  test('other subprotocols, and none, are refused with 4406', async () => {
    const none = await openLiveSocket(server(), { protocols: [] });
    expect((await none.closed).code).toBe(4406);
    // A client of the older protocol is told in the handshake: it gets none of those that it offers.
    await expect(openLiveSocket(server(), { protocols: ['graphql-ws'] })).rejects.toThrow('subprotocol');
    const both = await openLiveSocket(server(), { protocols: ['graphql-ws', 'graphql-transport-ws'] });
    expect(both.socket.protocol).toBe('graphql-transport-ws');
  });

  test.each([
    ['says nothing more', Buffer.alloc(0)],
    ['goes on with frames that are none', Buffer.from([0xff, 0x00, 0xff, 0xff])],
    ['goes on with a message that is too large', Buffer.from([0x81, 0xfe, 0xff, 0xff, 1, 2, 3, 4])],
  ])('a client refused with 4406 that %s, and never closes, is cut', async (_what, frame) => {
    const connection = await openConnection(server().url, { allowHalfOpen: true });
    connection.send(`GET /graphql HTTP/1.1\r\n${UPGRADE}\r\n`);
    await eventually(() => connection.received().includes('Subprotocol not acceptable'));
    connection.socket.write(frame);
    await eventually(() => isCut(connection));
    expect((await fetch(`${server().url}/healthz`)).status).toBe(200);
  });

  test.each([['where there is no WebSocket', '/elsewhere', '']])(
    'a handshake %s is cut, also where its client never closes',
    async (_what, path, headers) => {
      const connection = await openConnection(server().url, { allowHalfOpen: true });
      connection.send(`GET ${path} HTTP/1.1\r\n${UPGRADE}${headers}\r\n`);
      await eventually(() => isCut(connection));
      expect(connection.received()).toMatch(/^HTTP\/1\.1 40[34] /);
    },
  );

  test('pings are answered, before the acknowledgement too, with what they carry', async () => {
    const socket = await openLiveSocket(server());
    socket.send({ type: 'ping' });
    socket.send({ type: 'ping', payload: { at: 7 } });
    socket.send({ type: 'pong' });
    await eventually(() => socket.messages.length === 2);
    expect(socket.messages).toEqual([{ type: 'pong' }, { type: 'pong', payload: { at: 7 } }]);
  });

  test('what is no subscription of one field is refused, and the socket goes on', async () => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const failing: [string, string][] = [
      ['subscription {', 'BAD_REQUEST'],
      ['subscription { nothing }', 'BAD_REQUEST'],
      ['subscription { apiKeyChanged { cursor } apiKeyUsed { count } }', 'BAD_REQUEST'],
      ['subscription ($x: Boolean = true) { apiKeyChanged @include(if: $x) { cursor } }', 'BAD_REQUEST'],
      ['subscription ($x: Int!) { apiKeyUsed(minIntervalMs: $x) { count } }', 'BAD_USER_INPUT'],
      ['subscription { apiKeyUsed(minIntervalMs: 99) { count } }', 'BAD_USER_INPUT'],
      ['subscription { apiKeyUsed(minIntervalMs: 60001) { count } }', 'BAD_USER_INPUT'],
      ['subscription { apiKeyChanged(apiKeyIds: ["key_nonsense"]) { cursor } }', 'NOT_FOUND'],
      ['subscription { apiKeyChanged(after: "nonsense") { cursor } }', 'CURSOR_INVALID'],
    ];
    for (const [query, code] of failing) expect(await socket.subscribe(query).failed()).toBe(code);
    const query = socket.subscribe(WHO);
    await eventually(() => query.completed);
  });

  test('an operation that ends leaves no trace, and what comes for it later is ignored', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const running = socket.subscribe(CHANGED);
    await areLive(server(), 1);
    await makeApiKey(server(), organizationId);
    await running.received(1);
    running.complete();
    running.complete();
    socket.send({ type: 'complete', id: 'never-heard-of' });
    await socket.ping();
    await makeApiKey(server(), organizationId);
    const other = socket.subscribe(CHANGED, { after: running.events[0].cursor });
    await other.received(1);
    expect(running.events).toHaveLength(1);
  });

  test('a WebSocket anywhere else is not found', async () => {
    const socket = new WebSocket(`${server().url.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws');
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('404');
  });

  test('a handshake that is none is answered as HTTP', async () => {
    const connection = await openConnection(server().url);
    connection.send('GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 400 /);
  });
});
