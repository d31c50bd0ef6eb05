import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Engine } from '../../../db/open.ts';
import { DEFAULT_TIMEOUTS } from '../../../src/http/timeouts.ts';
import { encodeCursor } from '../../../src/realtime/cursor.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../../support/databases.ts';
import { openEventSource } from '../../support/event-source.ts';
import { CHANGED, rename, USED } from '../../support/live.ts';
import { areLive, connectLive, openLiveSocket } from '../../support/live-socket.ts';
import { makeApiKey, makeMember, startTestServer, type TestServer } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

/** Starts servers one after another, or at once, on one database. */
async function house(engine: Engine): Promise<() => Promise<TestServer>> {
  const { url, drop } = await createTestDatabaseUrl(engine);
  const servers: TestServer[] = [];
  onTestFinished(async () => {
    for (const server of servers) await server.close();
    await drop();
  });
  return async () => {
    const server = await startTestServer(engine, { databaseUrl: url });
    servers.push(server);
    return server;
  };
}

onEachDatabase('a server that stops', (engine) => {
  afterEach(() => void vi.useRealTimers());

  test('closes sockets with 1001 and ends streams, completes no subscription, and is gone at once', async () => {
    const server = await (await house(engine))();
    const { sessionToken: token } = await makeMember(server);
    const socket = await connectLive(server, token);
    const idle = await openLiveSocket(server);
    const [changes, uses] = [socket.subscribe(CHANGED), socket.subscribe(USED)];
    const stream = await openEventSource(server, CHANGED, { token });
    await areLive(server, 3);
    // No timer runs out but the one of idle connections: nobody is waited for in vain.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const stopping = server.app.stop();
    for (let turns = 0; turns < 4; turns += 1) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(DEFAULT_TIMEOUTS.drain);
    await stopping;
    vi.useRealTimers();
    expect(await socket.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(await idle.closed).toEqual({ code: 1001, reason: 'Going away' });
    await stream.ended;
    expect([changes, uses].map(({ completed, errors }) => [completed, errors])).toEqual([
      [false, undefined],
      [false, undefined],
    ]);
    expect(stream.events).toEqual([]);
    const { subscriptions } = server.app.liveServer;
    expect(subscriptions.counts).toEqual({ callers: 0, subscribers: 0, live: 0, groups: 0, counted: 0 });
  });

  test('answers the queries and mutations that run over sockets, and begins none', async () => {
    const server = await (await house(engine))();
    const { sessionToken, organizationId } = await makeMember(server);
    const socket = await connectLive(server, sessionToken);
    const create = (name: string) =>
      socket.subscribe(
        `mutation { createApiKey(input: { name: "${name}" }) { __typename ... on CreateApiKeyPayload { secret } } }`,
      );
    const { statements } = server;
    statements.length = 0;
    const running = create('In time');
    await eventually(() => statements.length > 0);
    const stopping = server.app.stop();
    create('Too late');
    expect((await socket.closed).code).toBe(1001);
    await stopping;
    expect(running.completed).toBe(true);
    expect(running.events[0].secret).toMatch(/^kw_/);
    const next = await startTestServer(engine, { databaseUrl: server.services.config.databaseUrl });
    onTestFinished(() => next.close());
    const keys = await next.services.db
      .selectFrom('api_keys')
      .select('name')
      .where('organization_id', '=', organizationId)
      .execute();
    expect(keys).toEqual([{ name: 'In time' }]);
  });

  test('cuts those who don’t take their leave', async () => {
    const server = await (await house(engine))();
    const { sessionToken } = await makeMember(server);
    const socket = await connectLive(server, sessionToken);
    socket.subscribe(CHANGED);
    await areLive(server, 1);
    socket.socket.pause();
    // Where it waited until they do, this would never end.
    await server.app.stop();
  });

  test('loses nothing for those who come back: changes before, during and after are there, once, in order', async () => {
    const start = await house(engine);
    let server = await start();
    const { organizationId, sessionToken: token } = await makeMember(server);
    const key = await makeApiKey(server, organizationId);
    const names: string[] = [];
    let after = encodeCursor(organizationId, 0);
    let lastEventId = after;
    const streamed: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const socket = await connectLive(server, token);
      const changes = socket.subscribe(CHANGED, { after });
      const stream = await openEventSource(server, CHANGED, { token, lastEventId });
      await areLive(server, 2);
      for (let n = 0; n < 3; n += 1) await rename(server, key.id, `${round} ${n}`);
      // What commits while it stops may or may not still be passed on.
      const stopping = server.app.stop();
      await stopping;
      await Promise.all([socket.closed, stream.ended]);
      names.push(...changes.events.map(({ apiKey, cursor }) => `${cursor} ${apiKey.id}`));
      streamed.push(...stream.values().map(({ apiKey, cursor }) => `${cursor} ${apiKey.id}`));
      after = changes.events.at(-1)?.cursor ?? after;
      lastEventId = stream.events.at(-1)?.lastEventId ?? lastEventId;
      server = await start();
      await rename(server, key.id, `between ${round}`);
    }
    const last = await connectLive(server, token);
    const rest = last.subscribe(CHANGED, { after });
    const restStreamed = await openEventSource(server, CHANGED, { token, lastEventId });
    const total = 1 + 3 * 3 + 3;
    await rest.received(total - names.length);
    await restStreamed.received(total - streamed.length);
    names.push(...rest.events.map(({ apiKey, cursor }) => `${cursor} ${apiKey.id}`));
    streamed.push(...restStreamed.values().map(({ apiKey, cursor }) => `${cursor} ${apiKey.id}`));
    const rows = await server.services.db
      .selectFrom('audit_log')
      .select('sequence')
      .where('target_id', '=', key.id)
      .orderBy('sequence')
      .execute();
    const expected = rows.map(({ sequence }) => `${encodeCursor(organizationId, sequence)} ${key.id}`);
    expect(names).toEqual(expected);
    expect(streamed).toEqual(expected);
  });
});

onEachDatabase('several servers on one database', (engine) => {
  test('pass on each other’s changes within a second or so, and a cursor of one is good for all', async () => {
    const start = await house(engine);
    const [one, other] = [await start(), await start()];
    const { organizationId, sessionToken } = await makeMember(one);
    const [here, there] = [await connectLive(one, sessionToken), await connectLive(other, sessionToken)];
    const [mine, theirs] = [here.subscribe(CHANGED), there.subscribe(CHANGED)];
    await Promise.all([areLive(one, 1), areLive(other, 1)]);
    const key = await makeApiKey(one, organizationId);
    await Promise.all([mine.received(1), theirs.received(1)]);
    for (let n = 0; n < 6; n += 1) await rename(n % 2 === 0 ? one : other, key.id, `Name ${n}`);
    await Promise.all([mine.received(7), theirs.received(7)]);
    const cursors = (operation: typeof mine) => operation.events.map(({ cursor }) => cursor);
    expect(cursors(mine)).toEqual(cursors(theirs));
    const moved = there.subscribe(CHANGED, { after: mine.events[2].cursor });
    await moved.received(4);
    expect(cursors(moved)).toEqual(cursors(mine).slice(3));
  });
});
