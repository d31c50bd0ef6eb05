import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/core/config/config.ts';
import { CHANGED } from '../support/live.ts';
import { openLiveSocket } from '../support/live-socket.ts';
import { ask, makeMember, send, serverOn } from '../support/server.ts';
import { openConnection, type RawConnection } from '../support/sockets.ts';
import { eventually } from '../support/wait.ts';

const MIB = 1_048_576;
const http = (more: Partial<ReturnType<typeof parseConfig>['http']>) => ({
  ...parseConfig({}).http,
  ...more,
});
const trustedProxies = parseConfig({ TRUSTED_PROXIES: '127.0.0.1' }).trustedProxies;

async function open(server: { url: string }): Promise<RawConnection> {
  const connection = await openConnection(server.url);
  onTestFinished(() => void connection.socket.destroy());
  return connection;
}

describe('connections', () => {
  const direct = serverOn('sqlite', { config: { http: http({ connectionsPerAddress: 3 }) } });
  const few = serverOn('sqlite', { config: { http: http({ connections: 4 }) } });
  const proxied = serverOn('sqlite', {
    config: { trustedProxies, http: http({ connectionsPerAddress: 2 }) },
  });

  test('of one address are limited, and the next is turned away at once', async () => {
    const { connections } = direct().app;
    const taken = [await open(direct()), await open(direct()), await open(direct())];
    await eventually(() => connections.counts.open === 3);
    expect(await (await open(direct())).closed()).toMatch(/^HTTP\/1.1 503 .*Retry-After/s);
    expect(connections.counts).toMatchObject({ open: 3, rejected: 1 });
    taken[0]?.socket.destroy();
    await eventually(() => connections.counts.open === 2);
    const next = await open(direct());
    next.send('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => next.received().startsWith('HTTP/1.1 200'));
  });

  test('are limited in all', async () => {
    for (let n = 0; n < 4; n += 1) await open(few());
    await eventually(() => few().app.connections.counts.open === 4);
    expect(await (await open(few())).closed()).toMatch(/^HTTP\/1.1 503 /);
  });

  test('behind a proxy are those of its clients: sockets and streams are limited by their address', async () => {
    const { sessionToken: token } = await makeMember(proxied());
    for (let n = 0; n < 6; n += 1) await open(proxied());
    const socket = (ip: string) => openLiveSocket(proxied(), { headers: { 'X-Forwarded-For': ip } });
    const first = await socket('2001:db8::1');
    const stream = await fetch(`${proxied().url}/graphql?query=${encodeURIComponent(CHANGED)}`, {
      headers: {
        Accept: 'text/event-stream',
        Authorization: `Bearer ${token}`,
        'X-Forwarded-For': '2001:db8::2',
      },
    });
    expect(stream.status).toBe(200);
    await expect(socket('2001:db8::3')).rejects.toThrow('503');
    const refused = await fetch(`${proxied().url}/graphql?query=${encodeURIComponent(CHANGED)}`, {
      headers: {
        Accept: 'text/event-stream',
        Authorization: `Bearer ${token}`,
        'X-Forwarded-For': '2001:db8::4',
      },
    });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    await socket('2001:db8:0:1::1');
    await first.close();
    await eventually(async () => (await socket('2001:db8::5')).close().then(() => true));
    await stream.body?.cancel();
    // What the proxy keeps open once a stream has ended is nobody's.
    const agents = Array.from({ length: 4 }, () => new Agent({ keepAlive: true }));
    const query = encodeURIComponent('subscription { apiKeyChanged(after: "nonsense") { __typename } }');
    const before = proxied().app.connections.counts.open;
    for (const agent of agents) {
      const headers = {
        Accept: 'text/event-stream',
        Authorization: `Bearer ${token}`,
        'X-Forwarded-For': '198.51.100.1',
      };
      const asked = get(`${proxied().url}/graphql?query=${query}`, { agent, headers });
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      await once(response.resume(), 'end');
      expect(response.statusCode).not.toBe(429);
    }
    expect(proxied().app.connections.counts.open).toBe(before + agents.length);
    for (const agent of agents) agent.destroy();
  });
});

describe('request bodies', () => {
  const server = serverOn('sqlite', {
    config: { trustedProxies, http: http({ bodyBytes: 8 * MIB, bodyBytesPerAddress: 2 * MIB }) },
  });
  const head = (ip: string, length: number, more = '') =>
    `POST /graphql HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${ip}\r\nContent-Type: application/json\r\n${more}Content-Length: ${length}\r\n\r\n`;

  async function begin(ip: string): Promise<RawConnection> {
    const connection = await open(server());
    connection.send(head(ip, MIB) + 'x'.repeat(900_000));
    return connection;
  }

  test('that are never finished take bounded memory, of an address and in all, and others are served', async () => {
    const { connections } = server().app;
    const of = async (ip: string, count: number) => {
      const begun = [];
      for (let n = 0; n < count; n += 1) begun.push(await begin(ip));
      return begun;
    };
    const same = await of('192.0.2.1', 6);
    const refused = () =>
      same.filter((one) => /^HTTP\/1.1 503 .*Retry-After.*UNAVAILABLE/s.test(one.received()));
    await eventually(() => refused().length === 4);
    await eventually(() => connections.counts.unreadBytes === 1_800_000);
    for (let n = 2; n < 12; n += 1) await of(`192.0.2.${n}`, 2);
    await eventually(() => connections.counts.cut >= 4 + 22 - 9);
    expect(connections.counts.unreadBytes).toBeLessThanOrEqual(8 * MIB);
    const { data } = await ask(server(), '{ __typename }');
    expect(data).toEqual({ __typename: 'Query' });
  });

  test('that are refused end their connection', async () => {
    const large = await open(server());
    large.send(`${head('192.0.2.99', 2 * MIB)}x`);
    expect(await large.closed()).toMatch(/^HTTP\/1.1 413 .*Connection: close/s);
    const body = Buffer.alloc(MIB + 1, 'x');
    const headers = { 'Content-Type': 'application/json', 'X-Forwarded-For': '192.0.2.98' };
    expect((await send(server(), { headers, body })).status).toBe(413);
  });

  test('are asked for only where they will be read', async () => {
    const expecting = async (path: string, length: number, type = 'application/json') => {
      const connection = await open(server());
      connection.send(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`,
      );
      return connection;
    };
    expect(await (await expecting('/graphql', 2 * MIB)).closed()).toMatch(/^HTTP\/1.1 413 /);
    expect(await (await expecting('/graphql', 10, 'text/plain')).closed()).toMatch(/^HTTP\/1.1 415 /);
    expect(await (await expecting('/nowhere', 10)).closed()).toMatch(/^HTTP\/1.1 404 /);
    expect(await (await expecting('/verify', 10)).closed()).toMatch(/^HTTP\/1.1 401 /);
    const body = '{"query":"{ __typename }"}';
    const fitting = await expecting('/graphql', body.length);
    await eventually(() => fitting.received() === 'HTTP/1.1 100 Continue\r\n\r\n');
    fitting.send(body);
    await eventually(() => /HTTP\/1.1 200 .*"__typename":"Query"/s.test(fitting.received()));
  });
});
