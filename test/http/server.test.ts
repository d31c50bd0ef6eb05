import { afterEach, expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/core/config/config.ts';
import { createLog } from '../../src/core/log.ts';
import type { Refusal } from '../../src/core/refusal.ts';
import { readBody } from '../../src/http/body.ts';
import { ByteLedger } from '../../src/http/connections/byte-ledger.ts';
import { Connections } from '../../src/http/connections/connections.ts';
import { refuse, respondJson } from '../../src/http/exchange.ts';
import type { Route } from '../../src/http/routes.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { DEFAULT_TIMEOUTS, type Timeouts } from '../../src/http/timeouts.ts';
import { openConnection } from '../support/sockets.ts';
import { eventually } from '../support/wait.ts';

const lines: string[] = [];
afterEach(() => {
  lines.length = 0;
});

interface Line {
  readonly msg: string;
  readonly level: number;
  readonly [field: string]: unknown;
}

function logged(): Line[] {
  return lines.map((line) => JSON.parse(line) as Line);
}

async function serve(
  routes: Record<string, Route>,
  options: Partial<Timeouts> & { publicUrl?: string } = {},
) {
  const { publicUrl, ...timeouts } = options;
  const log = createLog('debug', (line) => lines.push(line));
  const connections = new Connections(parseConfig({}).http, []);
  const server = createHttpServer({ log, timeouts: { ...DEFAULT_TIMEOUTS, ...timeouts }, connections });
  let url = '';
  await server.listen({ host: '127.0.0.1', port: 0 }, (port) => {
    url = `http://127.0.0.1:${port}`;
    return { routes: new Map(Object.entries(routes)), publicUrl: publicUrl ?? url };
  });
  onTestFinished(() => server.stop());
  return { server, url };
}

const hello: Route = { methods: ['GET'], handle: (exchange) => respondJson(exchange, 200, { hello: true }) };

/** A route whose answers wait for the test. */
function waiting() {
  const started: (() => void)[] = [];
  const route: Route = {
    methods: ['GET'],
    handle: (exchange) =>
      new Promise<void>((resolve) => {
        started.push(() => {
          respondJson(exchange, 200, { done: true });
          resolve();
        });
      }),
  };
  return { route, started };
}

test('names each request itself, whatever the client calls it', async () => {
  const { url } = await serve({ '/a': hello });
  const headers = { 'X-Request-Id': 'mine' };
  const ids = new Set<string | null>();
  for (let index = 0; index < 3; index++)
    ids.add((await fetch(`${url}/a`, { headers })).headers.get('x-request-id'));
  expect(ids.size).toBe(3);
  expect(ids).not.toContain('mine');
  expect(logged().map((line) => line.requestId)).toEqual([...ids]);
});

test('answers 404 and 405 as JSON, 405 with what is allowed', async () => {
  const { url } = await serve({ '/a': hello, '/b': { ...hello, methods: ['POST'] } });
  const missing = await fetch(`${url}/nothing`);
  expect(missing.status).toBe(404);
  expect(await missing.json()).toEqual({ code: 'NOT_FOUND', message: 'Not found' });
  for (const path of ['/a/', '/A', '//a', '/%61']) expect((await fetch(url + path)).status).toBe(404);
  const wrong = await fetch(`${url}/a`, { method: 'DELETE' });
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'HEAD, GET']);
  expect((await fetch(`${url}/b`)).headers.get('allow')).toBe('POST');
  const preflight = await fetch(`${url}/a`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://evil.example' },
  });
  expect(preflight.status).toBe(405);
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
});

test('answers HEAD like GET, without the body', async () => {
  const { url } = await serve({ '/a': hello });
  const response = await fetch(`${url}/a`, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-length')]).toEqual([200, '14']);
  expect(await response.text()).toBe('');
});

test('takes whole addresses in the request line, as proxies send them', async () => {
  const { url } = await serve({ '/a': hello });
  const connection = await openConnection(url);
  connection.send(`GET ${url}/a?x=1 HTTP/1.1\r\nHost: keywright\r\nConnection: close\r\n\r\n`);
  expect(await connection.closed()).toMatch(/^HTTP\/1.1 200 /);
});

test('sends headers that keep other sites out, and HSTS where the site is https', async () => {
  const plain = await serve({ '/a': hello });
  const { headers } = await fetch(`${plain.url}/a`);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(headers.get('strict-transport-security')).toBeNull();
  expect(headers.get('x-powered-by')).toBeNull();
  const secure = await serve({ '/a': hello }, { publicUrl: 'https://keys.example.com' });
  expect((await fetch(`${secure.url}/b`)).headers.get('strict-transport-security')).toBe('max-age=31536000');
});

test('masks what a handler throws, and logs its cause under the request’s id', async () => {
  const broken: Route = {
    methods: ['GET'],
    handle: async () => {
      throw new Error('the disk is on fire');
    },
  };
  const { url } = await serve({ '/a': broken });
  const response = await fetch(`${url}/a`);
  const body = (await response.json()) as { requestId: string };
  expect(response.status).toBe(500);
  expect(body).toEqual({
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Something went wrong on the server',
    requestId: response.headers.get('x-request-id'),
  });
  expect(logged()[0]).toMatchObject({ requestId: body.requestId, error: { message: 'the disk is on fire' } });
});

test('logs one line a request, with nothing of what was sent', async () => {
  const { url } = await serve({ '/a': hello, '/quiet': { ...hello, quiet: true } });
  await fetch(`${url}/a?secret=hunter2`, {
    headers: { Authorization: 'Bearer hunter2', Cookie: 'a=hunter2' },
  });
  await fetch(`${url}/hunter2`);
  await fetch(`${url}/quiet`);
  const found = await eventually(() => lines.length === 3 && logged());
  expect(found[0]).toMatchObject({ level: 30, msg: 'Answered', method: 'GET', route: '/a', status: 200 });
  expect(found[0]?.milliseconds).toBeTypeOf('number');
  expect(found[1]).toMatchObject({ status: 404 });
  expect(found[1]).not.toHaveProperty('route');
  expect(found[2]).toMatchObject({ level: 20, route: '/quiet' });
  expect(lines.join()).not.toContain('hunter2');
});

test('gives up on clients that are too slow with their headers or their body', async () => {
  const unread = new ByteLedger({ all: 10_000, perAddress: 10_000 });
  const body: Route = {
    methods: ['POST'],
    handle: (exchange) => readBody(exchange.request, exchange.response, { unread, ip: null }).then(() => {}),
  };
  const { url } = await serve({ '/a': body }, { headers: 100, request: 200 });
  const slowHeaders = await openConnection(url);
  slowHeaders.send('POST /a HTTP/1.1\r\nHost: keywright\r\nContent-');
  const slowBody = await openConnection(url);
  slowBody.send(`POST /a HTTP/1.1\r\nHost: keywright\r\nContent-Length: 9000\r\n\r\n${'x'.repeat(5_000)}`);
  await eventually(() => unread.bytes === 5_000);
  expect(await slowHeaders.closed()).toMatch(/^HTTP\/1.1 408 /);
  expect(await slowBody.closed()).toMatch(/^HTTP\/1.1 408 /);
  await eventually(() => unread.size === 0);
  expect(unread.bytes).toBe(0);
});

test('refuses headers that are too large or malformed', async () => {
  const { url } = await serve({ '/a': hello });
  const large = await openConnection(url);
  large.send(`GET /a HTTP/1.1\r\nHost: keywright\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(await large.closed()).toMatch(/^HTTP\/1.1 431 /);
  const smuggling = await openConnection(url);
  smuggling.send(
    'POST /a HTTP/1.1\r\nHost: k\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  );
  expect(await smuggling.closed()).toMatch(/^HTTP\/1.1 400 /);
  const hostless = await openConnection(url);
  hostless.send('GET /a HTTP/1.1\r\n\r\n');
  expect(await hostless.closed()).toMatch(/^HTTP\/1.1 400 /);
});

test('stops by finishing what runs and taking nothing new', async () => {
  const { route, started } = waiting();
  const { server, url } = await serve({ '/wait': route, '/a': hello });
  const idle = await openConnection(url);
  idle.send('GET /a HTTP/1.1\r\nHost: keywright\r\n\r\n');
  await eventually(() => idle.received().includes('hello'));
  const busy = await openConnection(url);
  busy.send('GET /wait HTTP/1.1\r\nHost: keywright\r\n\r\n');
  await eventually(() => started.length === 1);

  const stopped = server.stop();
  await idle.closed();
  await expect(fetch(`${url}/a`)).rejects.toThrow();
  started[0]?.();
  const answer = await busy.closed();
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer).toMatch(/Connection: close/i);
  expect(answer).toContain('{"done":true}');
  await stopped;
  await server.stop();
});

test('responds, when it stops, to requests that have arrived and to those that are being sent', async () => {
  const { server, url } = await serve({ '/a': hello }, { drain: 60_000, stop: 60_000 });
  const request = 'GET /a HTTP/1.1\r\nHost: keywright\r\n\r\n';
  const clients = await Promise.all(Array.from({ length: 40 }, () => openConnection(url)));
  for (const client of clients) client.send(request);
  await eventually(() => clients.every((client) => client.received().includes('hello')));
  const [arrived, later] = [clients.slice(0, 20), clients.slice(20)];
  for (const client of arrived) client.send(request);
  const stopped = server.stop();
  for (const client of arrived) expect((await client.closed()).split('"hello"')).toHaveLength(3);
  for (const client of later) client.send(request);
  for (const client of later) expect(await client.closed()).toMatch(/Connection: close.*"hello"/is);
  await stopped;
});

test('does not wait, when it stops, for connections on which nothing was ever asked', async () => {
  const { server, url } = await serve({ '/a': hello }, { stop: 60_000, headers: 30_000 });
  const ahead = await openConnection(url);
  // Answered: the server has taken the connection before this one too.
  await (await fetch(`${url}/a`, { headers: { Connection: 'close' } })).text();
  await server.stop();
  expect(await ahead.closed()).toBe('');
});

test('closes, when it stops, connections whose request has not come as a whole', async () => {
  const { route, started } = waiting();
  const unread = new ByteLedger({ all: 10_000, perAddress: 10_000 });
  let reading = 0;
  const body: Route = {
    methods: ['POST'],
    handle: async (exchange) => {
      reading += 1;
      try {
        await readBody(exchange.request, exchange.response, { unread, ip: null });
      } catch (error) {
        refuse(exchange, error as Refusal);
      }
    },
  };
  const { server, url } = await serve(
    { '/a': hello, '/body': body, '/wait': route },
    { stop: 60_000, headers: 60_000, request: 60_000 },
  );
  const first = 'GET /a HTTP/1.1\r\nHost: keywright\r\n\r\n';
  const half = 'GET /a HTTP/1.1\r\nHost: keywr';
  const silent = [];
  for (const [text, answers] of [
    [half, 0],
    [`${first}${half}`, 1],
    [first, 1],
    [`${first}${first}POST /body HTTP/1.1\r\nHost: keywright\r\nContent-Length: 5`, 2],
  ] as const) {
    const client = await openConnection(url);
    client.send(text);
    await eventually(() => client.received().split('"hello"').length === answers + 1);
    silent.push(client);
  }
  const uploading = [];
  for (const rest of ['Content-Length: 9000\r\n\r\nxxxx', 'Transfer-Encoding: chunked\r\n\r\n4\r\nxx']) {
    const client = await openConnection(url);
    client.send(`POST /body HTTP/1.1\r\nHost: keywright\r\n${rest}`);
    uploading.push(client);
  }
  const busy = await openConnection(url);
  busy.send('GET /wait HTTP/1.1\r\nHost: keywright\r\n\r\nGET /a HTTP/1.1\r\nHost');
  await eventually(() => started.length === 1 && reading === 2);

  const stopped = server.stop();
  for (const client of silent) expect(await client.closed()).not.toMatch(/HTTP\/1.1 [45]/);
  for (const client of uploading) {
    const answer = await client.closed();
    expect(answer).toMatch(/^HTTP\/1.1 503 .*Retry-After: 1/is);
    expect(answer).toContain('"UNAVAILABLE"');
  }
  // What has begun is finished.
  started[0]?.();
  expect(await busy.closed()).toContain('{"done":true}');
  await stopped;
});

test('cuts off what does not finish in time when it stops', async () => {
  const { route, started } = waiting();
  const { server, url } = await serve({ '/wait': route }, { stop: 50 });
  const busy = await openConnection(url);
  busy.send('GET /wait HTTP/1.1\r\nHost: keywright\r\n\r\n');
  await eventually(() => started.length === 1);
  await server.stop();
  expect(await busy.closed()).toBe('');
  const line = await eventually(() => logged().at(-1));
  expect(line).toMatchObject({ msg: 'The client disconnected', route: '/wait' });
});

test('waits, when it stops, for work whose client has left', async () => {
  const { route, started } = waiting();
  const { server, url } = await serve({ '/wait': route });
  const gone = await openConnection(url);
  gone.send('GET /wait HTTP/1.1\r\nHost: keywright\r\n\r\n');
  await eventually(() => started.length === 1);
  gone.socket.destroy();
  await eventually(() => lines.length === 1);
  let stopped = false;
  const stopping = server.stop().then(() => {
    stopped = true;
  });
  await new Promise(setImmediate);
  expect(stopped).toBe(false);
  started[0]?.();
  await stopping;
});

test('serves each of the requests that come together after a turn of everything else', async () => {
  let turn = 0;
  let counting = true;
  const count = (): void => {
    turn += 1;
    if (counting) setImmediate(count);
  };
  onTestFinished(() => {
    counting = false;
  });
  const turns: number[] = [];
  const noting: Route = {
    methods: ['GET'],
    handle: (exchange) => {
      turns.push(turn);
      respondJson(exchange, 200, {});
    },
  };
  const { url } = await serve({ '/a': noting });
  const client = await openConnection(url);
  count();
  client.send('GET /a HTTP/1.1\r\nHost: keywright\r\n\r\n'.repeat(10));
  await eventually(() => turns.length === 10);
  expect(new Set(turns).size).toBe(10);
  client.socket.destroy();
});

test('says when the port is taken', async () => {
  const { url } = await serve({});
  const log = createLog('silent');
  const connections = new Connections(parseConfig({}).http, []);
  const second = createHttpServer({ log, timeouts: DEFAULT_TIMEOUTS, connections });
  const listening = second.listen({ host: '127.0.0.1', port: Number(new URL(url).port) }, () => ({
    routes: new Map(),
    publicUrl: url,
  }));
  await expect(listening).rejects.toMatchObject({ cause: { code: 'EADDRINUSE' } });
  await second.stop();
});
