import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/core/config/config.ts';
import { ByteLedger, type Holder } from '../../src/http/connections/byte-ledger.ts';
import { areLive, openLiveSocket } from '../support/live-socket.ts';
import {
  ask,
  keyListsRead,
  makeApiKey,
  makeMember,
  serverOn,
  startTestServer,
  type TestServer,
} from '../support/server.ts';
import { openConnection } from '../support/sockets.ts';
import { eventually } from '../support/wait.ts';

const MIB = 1_048_576;

const ACCEPTED = 'HTTP/1.1 200';

const metadata = { text: 'x'.repeat(16_000) };

/** About 3.5 MB with 25 keys: more than half of what one response may have. */
const LARGE = `{ apiKeys { nodes { ${Array.from({ length: 9 }, (_, n) => `m${n}: metadata`).join(' ')} } } }`;

const limits = (more: Partial<ReturnType<typeof parseConfig>['http']>) => ({
  config: { http: { ...parseConfig({}).http, ...more } },
});

async function memberWithKeys(server: TestServer): Promise<string> {
  const { organizationId, sessionToken } = await makeMember(server);
  for (let n = 0; n < 25; n += 1) await makeApiKey(server, organizationId, { metadata });
  return sessionToken;
}

function post(token: string, query: string, headers = ''): string {
  const body = JSON.stringify({ query });
  return `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** A client that reads nothing until it is told to. */
async function openReader(server: { url: string }): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.pause();
  return socket;
}

describe('requests that a client pipelines', () => {
  const server = serverOn('sqlite');

  test('are answered in their order', async () => {
    const { sessionToken } = await makeMember(server());
    const connection = await openConnection(server().url);
    const names = Array.from({ length: 10 }, (_, n) => `n${n}`);
    connection.send(names.map((name) => post(sessionToken, `{ ${name}: __typename }`)).join(''));
    await eventually(() => connection.received().includes('n9'));
    expect([...connection.received().matchAll(/"(n\d)"/g)].map(([, name]) => name)).toEqual(names);
    connection.send(post(sessionToken, '{ last: __typename }', 'Expect: 100-continue\r\n'));
    await eventually(() => connection.received().includes('"last"'));
    connection.socket.destroy();
  });

  test('run one after the other, as it takes the responses', async () => {
    const token = await memberWithKeys(server());
    const socket = await openReader(server());
    const before = keyListsRead(server());
    const count = 14;
    socket.write(post(token, LARGE).repeat(count));
    const { connections } = server().app;
    await eventually(() => connections.counts.unsentBytes > 0);
    // Whatever else the server does meanwhile: these wait.
    for (let n = 0; n < 20; n += 1) await ask(server(), '{ __typename }');
    // The network below takes two or three of them.
    expect(keyListsRead(server()) - before).toBeLessThan(8);
    expect(connections.counts.unsentBytes).toBeLessThan(4 * MIB + 65_536);
    let received = 0;
    let rest = '';
    socket.on('data', (chunk: Buffer) => {
      // A status line may be split over two chunks.
      const text = rest + chunk.toString('latin1');
      received += text.split(ACCEPTED).length - 1;
      rest = text.slice(Math.max(text.lastIndexOf(ACCEPTED) + 1, text.length - ACCEPTED.length + 1));
    });
    socket.resume();
    await eventually(() => received === count && keyListsRead(server()) - before === count, {
      timeoutMs: 60_000,
    });
    await eventually(() => connections.counts.unsentBytes === 0);
  });

  test('are not collected without end', async () => {
    const { sessionToken } = await makeMember(server());
    const endless = 'subscription { apiKeyChanged { __typename } }';
    const connection = await openConnection(server().url);
    connection.send(post(sessionToken, endless, 'Accept: text/event-stream\r\n'));
    await areLive(server(), 1);
    connection.send(post(sessionToken, '{ __typename }').repeat(200));
    await connection.closed();
    expect(connection.received().split('HTTP/1.1').length).toBe(2);
    await areLive(server(), 0);
  });
});

describe('a client that reads nothing', () => {
  const patient = serverOn('sqlite', limits({ unsentBytes: 8 * MIB, unsentBytesPerAddress: 16 * MIB }));
  const impatient = serverOn('sqlite', limits({ writeTimeoutMs: 150 }));
  const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: '127.0.0.1' });
  const proxied = serverOn('sqlite', {
    config: {
      trustedProxies,
      http: { ...parseConfig({}).http, unsentBytesPerAddress: 6 * MIB },
    },
  });

  test('is disconnected, and nothing is kept for it', async () => {
    const token = await memberWithKeys(impatient());
    const sockets = [];
    for (let n = 0; n < 5; n += 1) sockets.push(await openReader(impatient()));
    for (const socket of sockets) socket.write(post(token, LARGE).repeat(10));
    const { connections } = impatient().app;
    await eventually(() => connections.counts.cut >= sockets.length);
    await eventually(() => connections.counts.unsentBytes === 0 && connections.counts.open === 0);
  });

  test('leaves others theirs: no more than a limit waits for all of them', async () => {
    const token = await memberWithKeys(patient());
    const sockets = [];
    for (let n = 0; n < 12; n += 1) sockets.push(await openReader(patient()));
    let most = 0;
    const { connections } = patient().app;
    for (const socket of sockets) socket.write(post(token, LARGE).repeat(10));
    await eventually(async () => {
      most = Math.max(most, connections.counts.unsentBytes);
      const { data } = await ask(patient(), '{ __typename }');
      expect(data).toEqual({ __typename: 'Query' });
      return connections.counts.cut >= 8;
    });
    expect(most).toBeLessThanOrEqual(8 * MIB);
  });

  test('is known behind a proxy, where it has a connection of its own', async () => {
    const token = await memberWithKeys(proxied());
    const open = async (ip: string) => {
      const live = await openLiveSocket(proxied(), { headers: { 'X-Forwarded-For': ip } });
      await live.init(token);
      return live;
    };
    // Of one client each, with more than 1 MB that waits, and less than what an address may have.
    const slow = [];
    for (let n = 1; n <= 7; n += 1) slow.push(await open(`2001:db8:0:1:${n}::1`));
    const other = await open('2001:db8:0:2::1');
    for (const live of slow) {
      live.socket.pause();
      for (let n = 0; n < 8; n += 1) live.subscribe(LARGE);
    }
    const { connections, liveServer } = proxied().app;
    await eventually(() => liveServer.sockets.size < 8);
    expect(connections.counts.cut).toBeGreaterThanOrEqual(1);
    await other.ping();
    other.subscribe('subscription { apiKeyChanged { __typename } }');
    await areLive(proxied(), 1);
  });
});

test('a server that stops answers 503 to requests that have not come as a whole, and waits for none of them', async () => {
  const server = await startTestServer('sqlite', {
    timeouts: { stop: 60_000, headers: 60_000, request: 60_000 },
  });
  onTestFinished(() => server.close());
  const { sessionToken } = await makeMember(server);
  const whole = post(sessionToken, '{ viewer { __typename } }');
  const clients = [];
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const lengths = [20, whole.length - 20, whole.length - 1];
  for (const length of [...lengths, ...Array<number>(12).fill(whole.length - 1)]) {
    const client = await openConnection(server.url);
    client.send(`${whole}${whole.slice(0, length)}`);
    await eventually(() => client.received().includes('"Viewer"'));
    clients.push(client);
  }
  const handshake = await openConnection(server.url);
  handshake.send('GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
  // Those that have come as far as their body are being read.
  await eventually(async () => (await ask(server, '{ __typename }')).status === 200);
  await server.app.stop();
  const statuses = [];
  for (const client of clients)
    statuses.push([...(await client.closed()).matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status));
  expect(statuses.slice(0, 3)).toEqual([['200'], ['200', '503'], ['200', '503']]);
  expect(warnings).toEqual([]);
  expect(await handshake.closed()).toBe('');
});

describe('bytes that are held', () => {
  const holder = (ip: string | null | undefined, bytes: number) => {
    const one = {
      ip,
      bytes,
      cuts: 0,
      measure: () => one.bytes,
      cut: () => {
        one.cuts += 1;
        one.bytes = 0;
      },
    };
    return one satisfies Holder;
  };

  test('are limited for an address, and for the network that one client can have', () => {
    const ledger = new ByteLedger({ all: 1_000_000, perAddress: 100 });
    const [small, large] = [holder('192.0.2.1', 40), holder('192.0.2.1', 61)];
    const other = holder('192.0.2.2', 100);
    for (const one of [small, other, large]) ledger.note(one);
    expect([small.cuts, large.cuts, other.cuts]).toEqual([0, 1, 0]);
    expect(ledger.bytes).toBe(140);
    const sameClient = [holder('2001:db8::1', 60), holder('2001:db8::ffff:1', 41)];
    for (const one of sameClient) ledger.note(one);
    expect(sameClient.map(({ cuts }) => cuts)).toEqual([1, 0]);
    const site = Array.from({ length: 40 }, (_, n) => holder(`2001:db8:1:${n.toString(16)}00::1`, 100));
    for (const one of site) ledger.note(one);
    expect(site.filter(({ cuts }) => cuts > 0)).toHaveLength(40 - 16);
  });

  test('are limited in all, whoever holds the most being cut', () => {
    const ledger = new ByteLedger({ all: 100, perAddress: 1_000 });
    const many = Array.from({ length: 10 }, () => holder(undefined, 9));
    for (const one of many) ledger.note(one);
    const large = holder(undefined, 50);
    ledger.note(large);
    expect([large.cuts, ledger.cut, ledger.bytes]).toEqual([1, 1, 90]);
    // What was taken meanwhile makes room.
    for (const one of many) one.bytes = 1;
    const next = holder(undefined, 80);
    ledger.note(next);
    expect([next.cuts, ledger.bytes]).toEqual([0, 90]);
  });

  test('are forgotten with their holder', () => {
    const ledger = new ByteLedger({ all: 100, perAddress: 100 });
    const one = holder('192.0.2.1', 80);
    ledger.note(one);
    ledger.release(one);
    ledger.release(one);
    const two = holder('192.0.2.1', 80);
    ledger.note(two);
    two.bytes = 0;
    ledger.note(two);
    expect([ledger.bytes, ledger.size, one.cuts, two.cuts]).toEqual([0, 0, 0, 0]);
  });
});
