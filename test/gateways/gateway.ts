import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { type WebSocket as Socket, WebSocket } from 'ws';
import { systemPrincipal } from '../../src/access/principal.ts';
import { parseNetwork } from '../../src/core/ip.ts';
import type { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { generateSecret } from '../../src/keys/secret.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { findProgram, missingOf } from '../support/programs.ts';
import { makeApiKey, makeMember, startTestServer, type TestServer } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { openConnection } from '../support/sockets.ts';
import { openVerifySite, type VerifySite } from '../support/verify-site.ts';
import { eventually } from '../support/wait.ts';
import { freePort, startProgram } from './program.ts';
import { type Arrival, startUpstream, type Upstream } from './upstream.ts';

/** How to run a gateway with the configuration in deploy/. */
export interface Gateway {
  /** Debian's name of the program. */
  readonly name: string;
  /** The files in deploy/ that it needs, with what the tests put in place of other addresses and paths. */
  readonly files: readonly string[];
  /** Turns the text of a file into one for the tests, after the usual addresses were replaced. */
  readonly adapt?: (text: string, directory: string) => string;
  /** The arguments that make it run in the foreground with the files in a directory. */
  readonly args: (directory: string) => readonly string[];
  /** Turns the text of a file into one that lets preflights pass, as its comments say. */
  readonly allowPreflight: (text: string) => string;
  /** A cookie that the gateway itself still takes, bytes. */
  readonly cookieBytes: number;
  /** What it answers where Keywright can't be asked. */
  readonly unavailable: number;
}

const IDENTITY = ['key-id', 'organization-id', 'environment', 'role', 'permissions', 'teams', 'external-id'];

/** A client may forge a header under any of these names. */
const FORGED = IDENTITY.flatMap((name) => [
  `X-Keywright-${name}`,
  `x-keywright-${name}`,
  `X-KEYWRIGHT-${name.toUpperCase()}`,
  `X_Keywright_${name.replaceAll('-', '_')}`,
  `x_keywright-${name}`,
  `X-Keywright_${name}`,
]);

/** Declares the tests that every gateway has to pass. */
export function describeGateway(gateway: Gateway): void {
  const missing = missingOf(gateway.name);
  const program = findProgram(gateway.name);
  describe.skipIf(missing)(`${gateway.name} in front of an API${missing}`, () => {
    let keywright: TestServer;
    let site: VerifySite;
    let upstream: Upstream;
    let url = '';
    let member: Awaited<ReturnType<typeof makeMember>>;
    const stops: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      const parsed = parseNetwork('127.0.0.1');
      const trustedProxies = 'network' in parsed ? [parsed.network] : [];
      keywright = await startTestServer('sqlite', {
        config: { trustedProxies, verifyFailuresPerMinute: 50 },
      });
      site = await openVerifySite(keywright);
      upstream = await startUpstream();
      stops.push(() => upstream.stop());
      member = await makeMember(keywright);
      url = await startGateway();
    });

    /** Starts the gateway on a port that is free; gives its address. */
    async function startGateway(
      change = (text: string) => text,
      organizationId = member.organizationId,
    ): Promise<string> {
      const port = await freePort();
      const replacements = {
        YOUR_ORGANIZATION_ID: organizationId,
        ':8000': `127.0.0.1:${port}`,
        'listen 8000': `listen 127.0.0.1:${port}`,
        '127.0.0.1:4001': new URL(site.url).host,
        '127.0.0.1:8080': `127.0.0.1:${upstream.port}`,
      };
      const directory = configure(gateway, change, replacements);
      const args = gateway.args(directory);
      const running = { port, cwd: directory, env: { HOME: directory } };
      const { stop } = await startProgram(program ?? '', args, running);
      stops.push(stop);
      return `http://127.0.0.1:${port}`;
    }

    beforeEach(() => {
      // Each test may fail as often as it likes.
      keywright.clock.advance(60_000);
    });
    afterAll(async () => {
      for (const stop of stops.reverse()) await stop();
      await site?.stop();
      await keywright?.close();
    });

    const made = (given: Partial<Parameters<typeof createApiKey>[1]> = {}) =>
      makeApiKey(keywright, member.organizationId, given);

    /** Sends the request and says what of it arrived at the API: nothing where it was refused. */
    async function ask(secret: string | null, init: RequestInit = {}, path = '/', at = url) {
      const before = upstream.arrivals.length;
      const headers = { ...(secret ? { Authorization: `Bearer ${secret}` } : {}), ...init.headers };
      const response = await fetch(at + path, { ...init, headers });
      const text = await response.text();
      const arrivals = upstream.arrivals.slice(before);
      expect(arrivals.length).toBeLessThanOrEqual(1);
      return { status: response.status, headers: response.headers, text, arrival: arrivals[0] };
    }

    /** Sends header lines as they are, and gives the status and what arrived. */
    async function sendRaw(
      lines: readonly string[],
      { method = 'GET', at = url }: { method?: string; at?: string } = {},
    ): Promise<{ status: number; arrival: Arrival | undefined }> {
      const before = upstream.arrivals.length;
      const connection = await openConnection(at);
      connection.send(
        `${method} /raw HTTP/1.1\r\nHost: api\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`,
      );
      await eventually(() => /^HTTP\/1.1 \d{3}/.test(connection.received()));
      connection.socket.destroy();
      const status = Number(connection.received().slice(9, 12));
      return { status, arrival: upstream.arrivals[before] };
    }

    /** What the API learns of who is asking, under whatever spelling: `-` and `_` are one to many servers. */
    function told(arrival: Arrival | undefined): Record<string, string> {
      const found: Record<string, string> = {};
      for (const [name, values] of arrival?.headers ?? []) {
        if (!/keywright/i.test(name)) continue;
        expect(name, 'another spelling of the name').toMatch(/^x-keywright-[a-z-]+$/);
        expect(values, `values of ${name}`).toHaveLength(1);
        if (values[0]) found[name.slice('x-keywright-'.length)] = values[0];
      }
      return found;
    }

    test('lets an accepted request pass, with who the key is and without the key', async () => {
      const { secret, id } = await made({ grants: ['a.b', 'c.*'], externalId: 'a b,ü' });
      for (const headers of [{ Authorization: `Bearer ${secret}` }, { 'X-API-Key': secret }]) {
        const answer = await ask(null, { method: 'POST', body: 'a body', headers }, '/orders?limit=5');
        expect([answer.status, answer.text]).toEqual([200, 'hello']);
        expect(answer.headers.get('x-from')).toBe('the API');
        expect(answer.arrival).toMatchObject({ method: 'POST', url: '/orders?limit=5', body: 'a body' });
        expect(told(answer.arrival)).toEqual({
          'key-id': id,
          'organization-id': member.organizationId,
          environment: 'live',
          permissions: 'a.b,c.*',
          'external-id': 'a%20b%2C%C3%BC',
        });
        expect([...(answer.arrival?.headers.values() ?? [])].flat().join()).not.toContain(secret);
      }
    });

    test('lets large and chunked bodies pass', async () => {
      const { secret } = await made();
      const body = 'x'.repeat(300_000);
      expect((await ask(secret, { method: 'PUT', body })).arrival?.body).toHaveLength(body.length);
      const stream = new Blob([body]).stream();
      const init = { method: 'PUT', body: stream, duplex: 'half' } as unknown as RequestInit;
      expect((await ask(secret, init)).arrival?.body).toHaveLength(body.length);
    });

    test('refuses without a key, and with one that is none or unknown, with a challenge', async () => {
      for (const secret of [null, 'hello', generateSecret('kw', 'live')]) {
        const { status, headers, text, arrival } = await ask(secret);
        const challenge = secret ? 'Bearer error="invalid_token"' : 'Bearer';
        expect([status, headers.get('www-authenticate'), arrival]).toEqual([401, challenge, undefined]);
        const code = secret?.startsWith('kw_') ? 'NOT_FOUND' : 'MALFORMED';
        expect(JSON.parse(text)).toMatchObject({ code });
      }
    });

    test('takes a key next to a token that is for the API, and refuses two keys that differ', async () => {
      const [one, other] = [await made(), await made()];
      const token = `Bearer ${'a'.repeat(1_000)}.${'b'.repeat(1_000)}.c`;
      const accepted = await ask(null, { headers: { 'X-API-Key': one.secret, Authorization: token } });
      expect([accepted.status, told(accepted.arrival)['key-id']]).toEqual([200, one.id]);
      const refused = await ask(other.secret, { headers: { 'X-API-Key': one.secret } });
      expect([refused.status, refused.arrival]).toEqual([400, undefined]);
      expect(JSON.parse(refused.text)).toMatchObject({ code: 'BAD_REQUEST' });
    });

    test('tells the API of every permission that fits into 8 KB, and refuses a key that has more', async () => {
      const all = Array.from({ length: 200 }, (_, index) => `p${index}.`.padEnd(100, 'x'));
      const { organizationId } = member;
      const role = { organizationId, name: 'Vast', permissions: all.slice(0, 100) };
      const ctx = contextFor(keywright.services, systemPrincipal('test'));
      const roleId = (await createRole(ctx, role)).result.id;
      const vast = await ask((await made({ roleId, grants: all.slice(100) })).secret);
      expect([vast.status, vast.arrival]).toEqual([403, undefined]);
      expect(JSON.parse(vast.text)).toMatchObject({ code: 'IDENTITY_TOO_LARGE' });
      const grants = all.slice(0, 78);
      const headers = { Cookie: `a=${'x'.repeat(gateway.cookieBytes)}` };
      const { status, arrival } = await ask((await made({ grants })).secret, { headers });
      expect([status, told(arrival).permissions]).toEqual([200, [...grants].sort().join()]);
    });

    test('asks whatever cookie and address come with the key, and passes both on', async () => {
      const { secret } = await made();
      const cookie = `a=${'x'.repeat(gateway.cookieBytes)}`;
      const path = `/?q=${'y'.repeat(6_000)}`;
      const { status, arrival } = await ask(secret, { headers: { Cookie: cookie } }, path);
      expect(status).toBe(200);
      expect([arrival?.headers.get('cookie'), arrival?.url]).toEqual([[cookie], path]);
      expect((await ask('hello', { headers: { Cookie: cookie } }, path)).status).toBe(401);
    });

    const preflight = {
      method: 'OPTIONS',
      headers: { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'PUT' },
    };

    test('lets no preflight pass unless it is told to', async () => {
      const { status, arrival } = await ask(null, preflight);
      expect([status, arrival]).toEqual([401, undefined]);
    });

    test('lets preflights pass where it is told to, without a word about who it is, and nothing else', async () => {
      const at = await startGateway(gateway.allowPreflight);
      const forged = { ...preflight.headers, 'X-Keywright-Key-Id': 'forged', X_Keywright_Role: 'owner' };
      const passed = await ask(null, { method: 'OPTIONS', headers: forged }, '/', at);
      expect([passed.status, passed.arrival?.method, told(passed.arrival)]).toEqual([200, 'OPTIONS', {}]);
      // The API's own answer reaches the browser.
      expect(passed.headers.get('access-control-allow-origin')).toBe('*');
      for (const init of [
        { headers: preflight.headers },
        { method: 'PUT', headers: { ...preflight.headers, 'X-HTTP-Method-Override': 'OPTIONS' } },
        { method: 'OPTIONS', headers: { Origin: 'https://app.example.com' } },
        { method: 'OPTIONS', headers: { 'Access-Control-Request-Method': 'PUT' } },
        { headers: { ...preflight.headers, 'X-Forwarded-Method': 'OPTIONS' } },
      ]) {
        const { status, arrival } = await ask(null, init, '/', at);
        expect([status, arrival]).toEqual([401, undefined]);
      }
      const { secret, id } = await made();
      const checked = await ask(secret, { method: 'POST', body: 'a body' }, '/', at);
      expect([checked.status, checked.arrival?.body, told(checked.arrival)['key-id']]).toEqual([
        200,
        'a body',
        id,
      ]);
    });

    test('passes on a preflight that asks for a WebSocket as an ordinary request', async () => {
      const at = await startGateway(gateway.allowPreflight);
      const headers = {
        ...preflight.headers,
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      };
      for (const Connection of ['Upgrade', 'keep-alive, upgrade']) {
        const lines = Object.entries({ ...headers, Connection }).map(([name, value]) => `${name}: ${value}`);
        // A server that doesn't check the method would open the WebSocket, without any key.
        const { status, arrival } = await sendRaw(lines, { method: 'OPTIONS', at });
        expect([status, arrival?.method, arrival?.headers.get('upgrade')]).toEqual([
          200,
          'OPTIONS',
          undefined,
        ]);
      }
    });

    test('rejects keys of other organizations and test keys', async () => {
      const { organizationId } = await makeMember(keywright);
      const foreign = await ask((await makeApiKey(keywright, organizationId, { grants: ['*'] })).secret);
      expect([foreign.status, foreign.arrival]).toEqual([401, undefined]);
      expect(JSON.parse(foreign.text)).toMatchObject({ code: 'NOT_FOUND' });
      const test = await ask((await made({ environment: 'test' })).secret);
      expect([test.status, test.arrival]).toEqual([403, undefined]);
      expect(JSON.parse(test.text)).toMatchObject({ code: 'WRONG_ENVIRONMENT' });
    });

    test('rejects all requests until the organization has been set, and says so', async () => {
      const at = await startGateway(undefined, 'YOUR_ORGANIZATION_ID');
      for (const secret of [(await made()).secret, null]) {
        const { status, arrival, text } = await ask(secret, {}, '/', at);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(arrival).toBeUndefined();
        expect(JSON.parse(text).message).toMatch(/organization/i);
      }
    });

    test('refuses a key that is not allowed this', async () => {
      const { secret } = await made({ ipAllowlist: ['192.0.2.0/24'] });
      const { status, headers, text, arrival } = await ask(secret);
      expect([status, headers.get('www-authenticate'), arrival]).toEqual([403, null, undefined]);
      expect(JSON.parse(text)).toMatchObject({ code: 'IP_NOT_ALLOWED' });
    });

    test('rejects a key without any of the alternative permissions, with a challenge', async () => {
      const alternatives = '&environment=live&any_permission=orders.read&any_permission=orders.write';
      const at = await startGateway((text) => text.replace('&environment=live', alternatives));
      expect((await ask((await made({ grants: ['orders.write'] })).secret, {}, '/', at)).status).toBe(200);
      const denied = await ask((await made({ grants: ['orders'] })).secret, {}, '/', at);
      expect([denied.status, denied.arrival]).toEqual([403, undefined]);
      expect(denied.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
      expect(JSON.parse(denied.text)).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
    });

    test('tells Keywright the client’s own address, whatever the client says of it', async () => {
      const { secret } = await made({ ipAllowlist: ['192.0.2.0/24'] });
      for (const name of ['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'X_Forwarded_For'])
        expect((await ask(secret, { headers: { [name]: '192.0.2.7' } })).status).toBe(403);
      const own = await made({ ipAllowlist: ['127.0.0.1'] });
      expect((await ask(own.secret)).status).toBe(200);
    });

    test('refuses a key beyond its limit, and says when it may come again', async () => {
      const { secret } = await made({ rateLimit: { limit: 2, windowSeconds: 60 } });
      const statuses = [];
      for (let time = 0; time < 3; time += 1) statuses.push((await ask(secret)).status);
      expect(statuses).toEqual([200, 200, 429]);
      const { headers, text, arrival } = await ask(secret);
      expect(Object.fromEntries(headers)).toMatchObject({
        'retry-after': '60',
        ratelimit: '"key";r=0;t=60',
        'ratelimit-policy': '"key";q=2;w=60',
      });
      expect(JSON.parse(text)).toMatchObject({ code: 'RATE_LIMITED' });
      expect(arrival).toBeUndefined();
    });

    test('refuses an address that has failed too often', async () => {
      for (let time = 0; time < 50; time += 1) await ask('hello');
      const { status, headers } = await ask('hello');
      expect([status, headers.get('retry-after')]).toEqual([429, '60']);
      const { secret } = await made();
      expect((await ask(secret)).status).toBe(200);
    });

    test.each(FORGED)('keeps a forged %s from the API', async (name) => {
      const { secret, id } = await made();
      const truth = { 'key-id': id, 'organization-id': member.organizationId, environment: 'live' };
      const forged = [`${name}: forged`, `${name}: forged again`];
      const authorization = `Authorization: Bearer ${secret}`;
      for (const lines of [
        [authorization, ...forged.slice(0, 1)],
        [...forged.slice(0, 1), authorization],
        [forged[0] ?? '', authorization, forged[1] ?? ''],
      ]) {
        const { status, arrival } = await sendRaw(lines);
        // What can't be understood may be refused as well.
        if (status !== 400) expect(told(arrival)).toEqual(truth);
        expect(status === 400 ? arrival : 'asked').toBe(status === 400 ? undefined : 'asked');
      }
    });

    test.each([
      'Connection: X-Keywright-Key-Id',
      'Connection: close, X-Keywright-Key-Id, X-Keywright-Permissions',
      'Connection: keep-alive, x-keywright-key-id',
      'Connection: Authorization, X-Keywright-Organization-Id',
      'Proxy-Connection: X-Keywright-Key-Id',
      'Keep-Alive: X-Keywright-Key-Id',
      'TE: X-Keywright-Key-Id',
      'Trailer: X-Keywright-Key-Id',
    ])('takes nothing away from what it tells the API where a client sends %s', async (line) => {
      const { secret, id } = await made();
      const truth = { 'key-id': id, 'organization-id': member.organizationId, environment: 'live' };
      const { status, arrival } = await sendRaw([line, 'X-Keywright-Key-Id: forged', `X-API-Key: ${secret}`]);
      if (arrival) expect(told(arrival)).toEqual(truth);
      else expect([400, 401]).toContain(status);
    });

    test('refuses a revoked key with the very next request, on the same connection too', async () => {
      const ctx = contextFor(keywright.services, systemPrincipal('test'));
      for (let time = 0; time < 10; time += 1) {
        const { secret, id } = await made();
        expect((await ask(secret)).status).toBe(200);
        await revokeApiKey(ctx, { id });
        const { status, arrival } = await ask(secret);
        expect([status, arrival]).toEqual([401, undefined]);
      }
    });

    function openSocket(secret: string | null, headers: Record<string, string> = {}): Socket {
      const authorization = secret ? { Authorization: `Bearer ${secret}` } : undefined;
      const socket = new WebSocket(url, { headers: { ...authorization, ...headers } });
      onTestFinished(() => socket.terminate());
      return socket;
    }

    test('checks WebSockets: accepted ones work', async () => {
      const { secret, id } = await made();
      const before = upstream.arrivals.length;
      const socket = openSocket(secret, { X_Keywright_Key_Id: 'forged', 'X-Keywright-Key-Id': 'forged' });
      const echoed = await new Promise((resolve, reject) => {
        socket.on('open', () => socket.send('over the socket'));
        socket.on('message', (data) => resolve(String(data)));
        socket.on('error', reject);
      });
      expect(echoed).toBe('over the socket');
      expect(told(upstream.arrivals[before])['key-id']).toBe(id);
    });

    test('checks WebSockets: refused ones never reach the API', async () => {
      const { secret } = await made({ ipAllowlist: ['192.0.2.0/24'] });
      const before = upstream.arrivals.length;
      for (const [given, expected] of [
        [null, 401],
        ['hello', 401],
        [secret, 403],
      ] as const) {
        const socket = openSocket(given);
        const status = await new Promise((resolve) => {
          socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
          socket.on('open', () => resolve('open'));
          socket.on('error', () => {});
        });
        expect(status).toBe(expected);
      }
      expect(upstream.arrivals).toHaveLength(before);
    });

    // The last: it stops Keywright.
    test('refuses everything where Keywright can’t decide, and where it is not there', async () => {
      const { secret } = await made();
      expect((await ask(secret)).status).toBe(200);
      Object.assign(keywright.services.keys, {
        withKey: () => {
          throw new Error('no database');
        },
      });
      const undecided = await ask(secret);
      expect([undecided.status, undecided.arrival]).toEqual([503, undefined]);
      expect(undecided.headers.get('retry-after')).toBe('1');
      await Promise.all([site.stop(), keywright.app.stop()]);
      // At once: a gateway may try for seconds before it gives up.
      for (const { status, arrival } of await Promise.all([ask(secret), ask(secret), ask(secret)]))
        expect([status, arrival]).toEqual([gateway.unavailable, undefined]);
    });
  });
}

/** Copies the gateway's files into a directory of their own, with other addresses in them. */
function configure(
  { files, adapt }: Gateway,
  change: (text: string) => string,
  replacements: Readonly<Record<string, string>>,
): string {
  const directory = mkdtempSync(join(inject('testRun').directory, 'gateway-'));
  for (const file of files) {
    let text = readFileSync(join(import.meta.dirname, '../../deploy', file), 'utf8');
    text = change(text);
    for (const [from, to] of Object.entries(replacements)) text = text.replaceAll(from, to);
    text = adapt?.(text, directory) ?? text;
    writeFileSync(join(directory, file.split('/').at(-1) ?? file), text);
  }
  return directory;
}
