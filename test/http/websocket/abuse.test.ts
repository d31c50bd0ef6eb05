import type { Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../../src/core/config/config.ts';
import { RateLimitedError } from '../../../src/core/errors.ts';
import { CallerDocuments } from '../../../src/graphql/subscriptions/caller-documents.ts';
import { MessageRate } from '../../../src/http/websocket/message-rate.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { openEventSource } from '../../support/event-source.ts';
import { CHANGED, rename } from '../../support/live.ts';
import { areLive, connectLive, openLiveSocket } from '../../support/live-socket.ts';
import { makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { openConnection } from '../../support/sockets.ts';
import { eventually } from '../../support/wait.ts';

/** A document of its own for each number. */
const distinct = (n: number) => `subscription { apiKeyChanged { a${n}: __typename apiKey { id name } } }`;

onEachDatabase('a caller', (engine) => {
  const server = serverOn(engine, {
    liveLimits: {
      documentsPerCaller: 4,
      costPerCaller: 200,
      documentsPerOrganization: 6,
      costPerOrganization: 300,
    },
  });
  const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: '127.0.0.1' });
  const proxied = serverOn(engine, { liveLimits: { pendingPerAddress: 2 }, config: { trustedProxies } });

  test('has so many different documents, over all of its sockets, and any number of subscriptions to each', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
    const sockets = [await connectLive(server(), key.secret), await connectLive(server(), key.secret)];
    const first = sockets.flatMap((socket, index) => [
      socket.subscribe(distinct(index)),
      socket.subscribe(distinct(index + 2)),
    ]);
    await areLive(server(), 4);
    const refused = sockets[1]?.subscribe(distinct(5));
    expect(await refused?.failed()).toBe('RATE_LIMITED');
    expect(refused?.errors?.[0]?.extensions.retryAfterSeconds).toBeGreaterThan(0);
    const same = sockets.flatMap((socket) =>
      Array.from({ length: 30 }, (_, n) => socket.subscribe(distinct(n % 4))),
    );
    await areLive(server(), 64);
    expect(server().app.liveServer.subscriptions.counts.groups).toBe(4);
    await rename(server(), key.id, 'Renamed');
    for (const one of [...first, ...same]) await one.received(1);
    // A stream of events is the caller's as well.
    const stream = await openEventSource(server(), distinct(5), { token: key.secret });
    expect(stream.status).toBe(429);
    first[0]?.complete();
    for (const [index, one] of same.entries()) if (index % 4 === 0) one.complete();
    for (const [index, one] of same.slice(30).entries()) if (index % 4 === 0) one.complete();
    await eventually(() => server().app.liveServer.subscriptions.counts.groups === 3);
    const left = server().app.liveServer.subscriptions.counts.live;
    const next = sockets[1]?.subscribe(distinct(5));
    await areLive(server(), left + 1);
    await rename(server(), key.id, 'Again');
    await next?.received(1);
    // Another caller has its own, as far as the organization has.
    const other = await connectLive(server(), sessionToken);
    for (const n of [6, 7]) other.subscribe(distinct(n));
    await areLive(server(), left + 3);
    const more = other.subscribe(distinct(8));
    expect(await more.failed()).toBe('RATE_LIMITED');
    expect(more.errors?.[0]?.message).toContain('organization');
    const foreign = await connectLive(server(), (await makeMember(server())).sessionToken);
    const own = foreign.subscribe(distinct(9));
    await eventually(() => server().app.liveServer.subscriptions.counts.groups === 7);
    expect(own.errors).toBeUndefined();
    for (const socket of [...sockets, other, foreign]) await socket.close();
    await eventually(() => server().app.liveServer.subscriptions.counts.counted === 0);
  });

  test('has so much cost of documents, and different variables are different documents', async () => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const log = (rows: number) =>
      socket.subscribe(
        'subscription ($rows: Int!) { apiKeyChanged { apiKey { auditLog(first: $rows) { nodes { id } } } } }',
        { rows },
      );
    const first = log(90);
    await areLive(server(), 1);
    const again = log(90);
    await areLive(server(), 2);
    const second = log(91);
    await eventually(() => server().app.liveServer.subscriptions.counts.live === 3 || second.errors);
    const third = log(92);
    expect(await third.failed()).toBe('RATE_LIMITED');
    expect(third.errors?.[0]?.message).toContain('cost');
    expect([first.errors, again.errors]).toEqual([undefined, undefined]);
    await socket.close();
  });

  test('has so many sockets that have not said who they are, and those of other addresses are let in', async () => {
    const { sessionToken } = await makeMember(proxied());
    const from = (ip: string) => openLiveSocket(proxied(), { headers: { 'X-Forwarded-For': ip } });
    const pending = [await from('2001:db8::1'), await from('2001:db8::2')];
    await expect(from('2001:db8::3')).rejects.toThrow('503');
    await (await from('2001:db8:0:1::1')).init(sessionToken);
    await pending[0]?.init(sessionToken);
    const next = await from('2001:db8::3');
    await expect(from('2001:db8::4')).rejects.toThrow('503');
    await next.close();
    await pending[1]?.close();
    await eventually(async () => (await from('2001:db8::5')).close().then(() => true));
  });
});

describe('a socket', () => {
  const server = serverOn('sqlite', { liveLimits: { messagesPerSecond: 50, operations: 5 } });
  const watchful = serverOn('sqlite', { liveLimits: { messagesPerSecond: 50, pingIntervalMs: 500 } });

  test('that is not let in yet can send little', async () => {
    const whole = await openLiveSocket(server());
    whole.send({ type: 'connection_init', payload: { text: 'x'.repeat(20_000) } });
    expect((await whole.closed).code).toBe(1009);
    const parts = await openLiveSocket(server());
    const text = JSON.stringify({ type: 'connection_init', payload: { text: 'x'.repeat(100_000) } });
    for (let at = 0; at < 60_000; at += 6_000) parts.socket.send(text.slice(at, at + 6_000), { fin: false });
    expect((await parts.closed).code).toBe(1009);
  });

  test('that never finishes a message is counted for what is kept of it', async () => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const { connections } = server().app;
    socket.socket.send('x'.repeat(100_000), { fin: false });
    await eventually(() => connections.counts.unreadBytes >= 100_000);
    socket.socket.send('', { fin: true });
    expect((await socket.closed).code).toBe(4400);
    await eventually(() => connections.counts.unreadBytes === 0);
  });

  test('that sends more messages than it may is read later, all of them, and others are not held up', async () => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const other = await connectLive(server(), sessionToken);
    for (let n = 0; n < 120; n += 1) socket.send({ type: 'ping', payload: { n } });
    const pongs = () => socket.messages.filter(({ type }) => type === 'pong').length;
    await eventually(() => pongs() > 0);
    for (let n = 0; n < 3; n += 1) await other.ping();
    await eventually(() => pongs() === 120);
    const churned = Array.from({ length: 40 }, () => {
      const operation = socket.subscribe(CHANGED);
      operation.complete();
      return operation;
    });
    await socket.ping();
    await eventually(() => server().app.liveServer.subscriptions.counts.subscribers === 0);
    const codes = churned.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? []);
    expect(new Set(codes).size).toBeLessThanOrEqual(1);
    for (const code of codes) expect(code).toBe('RATE_LIMITED');
  });

  test('is read after a turn of everything else for each of the messages that come together', async () => {
    const { sessionToken } = await makeMember(server());
    const live = await connectLive(server(), sessionToken);
    let turn = 0;
    let counting = true;
    const count = (): void => {
      turn += 1;
      if (counting) setImmediate(count);
    };
    const turns = new Set<number>();
    const { statements } = server();
    const { push } = statements;
    onTestFinished(() => {
      counting = false;
      statements.push = push;
    });
    count();
    statements.push = (...texts) => {
      turns.add(turn);
      return push.apply(statements, texts);
    };
    const { _socket: stream } = live.socket as unknown as { _socket: Socket };
    stream.cork();
    const operations = Array.from({ length: 5 }, () => live.subscribe('{ viewer { __typename } }'));
    stream.uncork();
    await eventually(() => operations.every(({ completed }) => completed));
    expect(turns.size).toBeGreaterThanOrEqual(5);
  });

  test('that sends pongs unasked is read later', async () => {
    const socket = await connectLive(server(), (await makeMember(server())).sessionToken);
    const other = await connectLive(server(), (await makeMember(server())).sessionToken);
    let answered = false;
    socket.socket.once('pong', () => (answered = true));
    for (let n = 0; n < 2_000; n += 1) socket.socket.pong('x'.repeat(120));
    socket.socket.ping();
    for (let n = 0; n < 3; n += 1) await other.ping();
    // It takes its turn after all pongs, of which 50 are read in a second.
    expect(answered).toBe(false);
    // A socket that rests would not hear that its client has left.
    for (const one of server().app.connections.sockets()) one.destroy();
  });

  test('is counted for an unfinished message however many pings and pongs come between its parts', async () => {
    const { connections } = server().app;
    const socket = await connectLive(server(), (await makeMember(server())).sessionToken);
    socket.socket.send('x'.repeat(5_000), { fin: false });
    await eventually(() => connections.counts.unreadBytes >= 5_000);
    const before = connections.counts.unreadBytes;
    let answered = false;
    socket.socket.once('pong', () => (answered = true));
    for (let n = 0; n < 40; n += 1) socket.socket.pong('x'.repeat(120));
    socket.socket.ping('x'.repeat(120));
    await eventually(() => answered);
    expect(connections.counts.unreadBytes).toBe(before);
    await socket.close();
  });

  test('that sends a message in very many fragments is closed', async () => {
    const socket = await connectLive(server(), (await makeMember(server())).sessionToken);
    const text = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(1_000) } });
    const sendIn = (size: number) => {
      for (let at = 0; at < text.length; at += size)
        socket.socket.send(text.slice(at, at + size), { fin: at + size >= text.length });
    };
    sendIn(10);
    await eventually(() => socket.messages.some(({ type }) => type === 'pong'));
    sendIn(1);
    expect((await socket.closed).code).toBe(1008);
  });

  test('is not read from while answers to its pings wait', async () => {
    const { hostname } = new URL(watchful().url);
    const raw = await openConnection(watchful().url);
    raw.send(
      `GET /graphql HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
    );
    await eventually(() => raw.received().startsWith('HTTP/1.1 101'));
    const { sockets } = watchful().app.liveServer;
    const before = sockets.size;
    raw.socket.pause();
    // Masked with zeros: a ping of 120 bytes.
    const ping = Buffer.concat([Buffer.from([0x89, 0x80 | 120, 0, 0, 0, 0]), Buffer.alloc(120)]);
    const many = Buffer.concat(Array.from({ length: 200_000 }, () => ping));
    raw.socket.write(many);
    const { counts } = watchful().app.connections;
    for (let n = 0; n < 5; n += 1) await (await fetch(`${watchful().url}/healthz`)).text();
    expect(counts.unsentBytes).toBeLessThan(1_048_576);
    // Read as fast as they may be, they take an hour: most of them are still on the other side.
    expect(raw.socket.writableLength).toBeGreaterThan(0);
    raw.socket.destroy();
    await eventually(() => sockets.size < before);
  });
});

describe('the rate of messages', () => {
  test('lets a burst through, and asks for as long a rest as was overdrawn', () => {
    const rate = new MessageRate(10);
    for (let n = 0; n < 10; n += 1) expect(rate.count()).toBe(0);
    const rests = Array.from({ length: 50 }, () => rate.count());
    expect(rests.at(-1)).toBeGreaterThan(rests[0] ?? 0);
    expect(rests.at(-1)).toBeLessThanOrEqual(5_000);
  });
});

describe('the documents of callers', () => {
  test('are counted once however many subscriptions they have, and forgotten with the last', () => {
    const documents = new CallerDocuments({ documents: 2, cost: 100 });
    const forget = [
      documents.add('a', 'one', 10),
      documents.add('a', 'one', 10),
      documents.add('a', 'two', 90),
    ];
    expect(() => documents.add('a', 'three', 0)).toThrow(RateLimitedError);
    documents.add('b', 'three', 100)();
    forget[0]?.();
    forget[0]?.();
    expect(() => documents.add('a', 'three', 0)).toThrow('2 different documents');
    forget[1]?.();
    expect(() => documents.add('a', 'three', 11)).toThrow('100 together');
    documents.add('a', 'three', 10)();
    forget[2]?.();
    expect(documents.size).toBe(0);
  });
});
