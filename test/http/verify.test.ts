import { request as httpRequest, type IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import { parseNetwork } from '../../src/core/ip.ts';
import { cookieName } from '../../src/http/auth/cookies.ts';
import type { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { generateSecret } from '../../src/keys/secret.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { onEachDatabase } from '../support/databases.ts';
import {
  makeApiKey,
  makeMember,
  makeOperatorToken,
  serverOn,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { openConnection } from '../support/sockets.ts';
import { eventually } from '../support/wait.ts';

const IDENTITY = [
  'x-keywright-key-id',
  'x-keywright-organization-id',
  'x-keywright-environment',
  'x-keywright-role',
  'x-keywright-permissions',
  'x-keywright-teams',
  'x-keywright-external-id',
];

interface VerifyAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Asks /verify with these headers, which may repeat, and nothing of a client of its own. */
function ask(
  { url }: { readonly url: string },
  options: {
    readonly method?: string;
    readonly query?: string;
    readonly key?: string;
    readonly headers?: readonly (readonly [string, string])[];
    readonly body?: string;
  } = {},
): Promise<VerifyAnswer> {
  const { method = 'GET', query = '', key, headers = [], body } = options;
  const own: (readonly [string, string])[] = key ? [['Authorization', `Bearer ${key}`]] : [];
  return new Promise((resolve, reject) => {
    const asking = httpRequest(`${url}/verify${query}`, { method }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    for (const [name, value] of [...own, ...headers]) asking.appendHeader(name, value);
    asking.on('error', reject).end(body);
  });
}

function codeOf({ headers, text }: VerifyAnswer): string {
  const body = JSON.parse(text) as { code: string; message: string };
  expect(Object.keys(body)).toEqual(['code', 'message']);
  expect(body.message).not.toBe('');
  expect(headers['x-keywright-code']).toBe(body.code);
  return body.code;
}

onEachDatabase('/verify', (engine) => {
  const server = serverOn(engine);

  async function made(given: Partial<Parameters<typeof createApiKey>[1]> = {}, on: TestServer = server()) {
    const member = await makeMember(on);
    const ctx = contextFor(on.services, systemPrincipal('test'));
    const key = await makeApiKey(on, member.organizationId, given);
    return { ...member, ctx, ...key };
  }

  async function other(options: TestServerOptions) {
    const own = await startTestServer(engine, options);
    onTestFinished(() => own.close());
    return own;
  }

  describe('accepts', () => {
    test('a key, and says whose it is, with every header even where there is nothing to say', async () => {
      const { secret, id, organizationId } = await made();
      const { status, headers, text } = await ask(server(), { key: secret });
      expect([status, text]).toEqual([200, '']);
      expect(IDENTITY.map((name) => headers[name])).toEqual([id, organizationId, 'live', '', '', '', '']);
      expect(headers['cache-control']).toBe('no-store');
    });

    test('and tells role, permissions, teams and external id', async () => {
      const { organizationId, ctx } = await made();
      const role = {
        organizationId,
        name: 'Lead, “Ops” 👩🏽\u00a0ü',
        permissions: ['api.key.view', 'of.role'],
      };
      const roleId = (await createRole(ctx, role)).result.id;
      const teamIds = [];
      for (const name of ['One', 'Two'])
        teamIds.push((await createTeam(ctx, { organizationId, name })).result.id);
      const externalId = 'a b,c%:"<é>';
      const given = { roleId, teamIds, grants: ['prompt.*'], environment: 'test', externalId } as const;
      const { secret } = await makeApiKey(server(), organizationId, given);
      const { status, headers } = await ask(server(), { key: secret });
      expect(status).toBe(200);
      expect(headers['x-keywright-environment']).toBe('test');
      expect(headers['x-keywright-role']).toMatch(/^[\w%!~*'().-]+$/);
      expect(decodeURIComponent(String(headers['x-keywright-role']))).toBe(role.name);
      expect(headers['x-keywright-permissions']).toBe('api.key.view,of.role,prompt.*');
      expect(headers['x-keywright-teams']).toBe([...teamIds].sort().join());
      expect(headers['x-keywright-external-id']).toMatch(/^[\w%!~*'().-]+$/);
      expect(decodeURIComponent(String(headers['x-keywright-external-id']))).toBe(externalId);
    });

    test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
      '%s alike',
      async (method) => {
        const { secret, id } = await made();
        const accepted = await ask(server(), { method, key: secret });
        expect([accepted.status, accepted.headers['x-keywright-key-id']]).toEqual([200, id]);
        const refused = await ask(server(), { method, key: 'nothing' });
        expect(refused.status).toBe(401);
        expect(Number(refused.headers['content-length'])).toBeGreaterThan(0);
        expect(refused.text === '').toBe(method === 'HEAD');
      },
    );

    test.each([
      ['Authorization', 'Bearer KEY'],
      ['authorization', 'bearer   KEY  '],
      ['X-API-Key', 'KEY'],
      ['x-api-key', ' KEY '],
    ])('a key in %s: %s', async (name, value) => {
      const { secret } = await made();
      const headers = [[name, value.replace('KEY', secret)]] as const;
      expect((await ask(server(), { headers })).status).toBe(200);
    });

    test('a key twice, and one beside an Authorization that is for somebody else', async () => {
      const { secret } = await made();
      for (const authorization of [`Bearer ${secret}`, 'Basic YTpi', 'Digest x', 'Bearer', ''])
        expect(
          (
            await ask(server(), {
              headers: [
                ['X-API-Key', secret],
                ['Authorization', authorization],
              ],
            })
          ).status,
        ).toBe(200);
    });

    test('one request after the other on a connection, as long as none has a body', async () => {
      const { secret } = await made();
      const connection = await openConnection(server().url);
      const head = `POST /verify HTTP/1.1\r\nHost: a\r\nX-API-Key: ${secret}\r\n`;
      connection.send(`${head}\r\n${head}Content-Length: 0\r\n\r\n`);
      connection.send(`${head}Expect: 100-continue\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      const received = await connection.closed();
      expect(received.match(/HTTP\/1.1 200 OK/g)).toHaveLength(3);
    });

    // Gateways forward what announces a body, and keep the body: the next request would be read as that.
    test.each([
      ['Content-Length: 5', 'hello'],
      ['Content-Length: 500', ''],
      ['content-length: 5', ''],
      ['Transfer-Encoding: chunked', ''],
      ['Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'],
      ['Expect: 100-continue\r\nContent-Length: 5', ''],
    ])('and the last on its connection where %j announces a body, of which %j comes', async (line, body) => {
      const { secret, id } = await made();
      for (const [key, status] of [
        [secret, 200],
        ['nothing', 401],
      ] as const) {
        const connection = await openConnection(server().url);
        connection.send(`POST /verify HTTP/1.1\r\nHost: a\r\nX-API-Key: ${key}\r\n${line}\r\n\r\n${body}`);
        const received = (await connection.closed()).replace('HTTP/1.1 100 Continue\r\n\r\n', '');
        expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
        expect(received).toContain('\r\nConnection: close\r\n');
        expect(received.includes(id)).toBe(status === 200);
        expect(received.match(/HTTP\/1.1 /g)).toHaveLength(1);
      }
    });

    test('a key next to a token that is for the API behind the gateway', async () => {
      const { secret, id } = await made();
      const jwt = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${'a'.repeat(900)}.sig`;
      for (const foreign of [jwt, 'hello', 'ghp_0123456789', 'kw_live_short', 'x_live_', `${secret}.sig`])
        for (const scheme of ['Bearer', 'bearer'])
          for (const reversed of [false, true]) {
            const headers: [string, string][] = [
              ['X-API-Key', secret],
              ['Authorization', `${scheme} ${foreign}`],
            ];
            if (reversed) headers.reverse();
            const answer = await ask(server(), { headers });
            expect([answer.status, answer.headers['x-keywright-key-id']]).toEqual([200, id]);
          }
      expect((await ask(server(), { headers: [['Authorization', `Bearer ${jwt}`]] })).status).toBe(401);
      const bad = [
        ['X-API-Key', 'hello'],
        ['Authorization', `Bearer ${jwt}`],
      ] as const;
      expect((await ask(server(), { headers: bad })).status).toBe(401);
    });

    test('requests for an upgrade, and closes the connection', async () => {
      const { secret, id } = await made();
      const upgrade = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
      const accepted = await openConnection(server().url);
      accepted.send(`GET /verify HTTP/1.1\r\n${upgrade}Authorization: Bearer ${secret}\r\n\r\n`);
      const text = await accepted.closed();
      expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/);
      expect(text).toContain(`\r\nX-Keywright-Key-Id: ${id}\r\n`);
      expect(text).toContain('\r\nConnection: close\r\n');
      const refused = await openConnection(server().url);
      refused.send(`GET /verify?permission=a.b HTTP/1.1\r\n${upgrade}X-API-Key: ${secret}\r\n\r\n`);
      expect(await refused.closed()).toMatch(/^HTTP\/1.1 403 Forbidden\r\n[\s\S]*INSUFFICIENT_PERMISSIONS/);
    });

    test('at the whole address that clients of proxies send', async () => {
      const { secret } = await made();
      const connection = await openConnection(server().url);
      connection.send(
        `GET http://a/verify?environment=live HTTP/1.1\r\nHost: a\r\nX-API-Key: ${secret}\r\nConnection: close\r\n\r\n`,
      );
      expect(await connection.closed()).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    });
  });

  describe('refuses', () => {
    test('what is missing, malformed or unknown with 401 and a challenge', async () => {
      const { sessionToken } = await made();
      const operator = await makeOperatorToken(server(), 'gateway');
      const none = await ask(server());
      expect([none.status, none.headers['www-authenticate'], codeOf(none)]).toEqual([
        401,
        'Bearer',
        'MALFORMED',
      ]);
      for (const [key, code] of [
        ['hello', 'MALFORMED'],
        [generateSecret('kw', 'live'), 'NOT_FOUND'],
        [sessionToken, 'MALFORMED'],
        [operator, 'MALFORMED'],
      ] as const) {
        const answer = await ask(server(), { key });
        expect([answer.status, answer.headers['www-authenticate'], codeOf(answer)]).toEqual([
          401,
          'Bearer error="invalid_token"',
          code,
        ]);
        expect(IDENTITY.some((name) => name in answer.headers)).toBe(false);
      }
    });

    test('two keys that differ, and a cookie', async () => {
      const [one, two, third] = [await made(), await made(), await made()];
      for (const headers of [
        [
          ['Authorization', `Bearer ${one.secret}`],
          ['X-API-Key', two.secret],
        ],
        [
          ['X-API-Key', one.secret],
          ['X-API-Key', two.secret],
        ],
        [
          ['Authorization', `Bearer ${one.secret}`],
          ['Authorization', `Bearer ${two.secret}`],
        ],
      ] as const) {
        const answer = await ask(server(), { headers });
        expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
      }
      const { sessionToken } = one;
      const operator = await makeOperatorToken(server(), 'second');
      const typo = one.secret.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
      for (const other of [sessionToken, operator, typo, generateSecret('acme', 'test')]) {
        const headers = [
          ['X-API-Key', one.secret],
          ['Authorization', `Bearer ${other}`],
        ] as const;
        const answer = await ask(server(), { headers });
        expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
      }
      const cookie = [
        ['Cookie', `${cookieName(server().url)}=${third.sessionToken}`],
        ['X-Requested-With', 'keywright'],
      ] as const;
      expect((await ask(server(), { headers: cookie })).status).toBe(401);
    });

    test('a revoked key with the very next request, a disabled and an expired one', async () => {
      const { secret, id, ctx } = await made({ expiresAt: server().clock.now() + 60_000 });
      expect((await ask(server(), { key: secret })).status).toBe(200);
      await updateApiKey(ctx, { id, enabled: false });
      expect(codeOf(await ask(server(), { key: secret }))).toBe('DISABLED');
      await updateApiKey(ctx, { id, enabled: true });
      expect((await ask(server(), { key: secret })).status).toBe(200);
      await revokeApiKey(ctx, { id });
      const revoked = await ask(server(), { key: secret });
      expect([revoked.status, codeOf(revoked)]).toEqual([401, 'REVOKED']);
      const short = await made({ expiresAt: server().clock.now() + 1_000 });
      expect((await ask(server(), { key: short.secret })).status).toBe(200);
      server().clock.advance(1_000);
      const expired = await ask(server(), { key: short.secret });
      expect([expired.status, codeOf(expired)]).toEqual([401, 'EXPIRED']);
    });

    test('what is asked for and not allowed with 403', async () => {
      const { organizationId, ctx } = await made();
      const teamIds = [];
      for (const name of ['Own', 'Other'])
        teamIds.push((await createTeam(ctx, { organizationId, name })).result.id);
      const [own = '', foreign = ''] = teamIds;
      const { secret } = await makeApiKey(server(), organizationId, {
        grants: ['a.b', 'c.*'],
        teamIds: [own],
      });
      const answers = async (query: string) => {
        const answer = await ask(server(), { key: secret, query });
        return answer.status === 200 ? 'VALID' : `${answer.status} ${codeOf(answer)}`;
      };
      expect(await answers('?permission=a.b&permission=c.d')).toBe('VALID');
      expect(await answers('?permission=c.%2a')).toBe('VALID');
      expect(await answers('?permission=a.b&permission=d')).toBe('403 INSUFFICIENT_PERMISSIONS');
      expect(await answers(`?team=${own}&environment=live`)).toBe('VALID');
      expect(await answers(`?team=${foreign}`)).toBe('403 TEAM_NOT_ALLOWED');
      expect(await answers('?environment=test')).toBe('403 WRONG_ENVIRONMENT');
      expect(await answers(`?organization=${organizationId}`)).toBe('VALID');
      expect(await answers(`?organization=${newId('org')}`)).toBe('401 NOT_FOUND');
    });

    test('a key with none of the alternative permissions, without naming those it has', async () => {
      const rateLimit = { limit: 10, windowSeconds: 60 };
      const { secret } = await made({ grants: ['a.b', 'c.*', 'held.secretly'], rateLimit });
      const answers = async (query: string) => {
        const answer = await ask(server(), { key: secret, query });
        return answer.status === 200 ? 'VALID' : `${answer.status} ${codeOf(answer)}`;
      };
      expect(await answers('?any_permission=a.b')).toBe('VALID');
      expect(await answers('?any_permission=x&any_permission=c.d&any_permission=y')).toBe('VALID');
      expect(await answers('?any_permission=c.%2a')).toBe('VALID');
      for (const query of [
        '?any_permission=x',
        '?any_permission=c',
        '?any_permission=a.%2a&any_permission=%2a',
        '?any_permission=x&any_permission=y',
        '?permission=a.b&any_permission=x',
        '?permission=x&any_permission=a.b',
      ])
        expect(await answers(query)).toBe('403 INSUFFICIENT_PERMISSIONS');
      expect(await answers('?permission=a.b&permission=c.d&any_permission=x&any_permission=a.b')).toBe(
        'VALID',
      );
      const denied = await ask(server(), { key: secret, query: '?any_permission=x&any_permission=y.z' });
      expect(denied.headers['www-authenticate']).toBe('Bearer error="insufficient_scope"');
      // Only the four accepted requests count towards the limit.
      expect(denied.headers.ratelimit).toBe('"key";r=6;t=60');
      expect(denied.text).toMatch(/x, y\.z/);
      expect(denied.text).not.toMatch(/a\.b|c\.|held/);
      expect(IDENTITY.some((name) => name in denied.headers)).toBe(false);
    });

    test('a key whose identity does not fit into the headers of gateways', async () => {
      const { organizationId, ctx } = await made();
      const permissions = Array.from({ length: 200 }, (_, index) => `p${index}.`.padEnd(100, 'x'));
      const ofRole = permissions.slice(0, 100);
      const role = { organizationId, name: 'Vast', permissions: ofRole };
      const roleId = (await createRole(ctx, role)).result.id;
      const rateLimit = { limit: 10, windowSeconds: 60 };
      const grants = permissions.slice(100);
      const vast = await makeApiKey(server(), organizationId, { roleId, grants, rateLimit });
      const answer = await ask(server(), { key: vast.secret, query: `?permission=${permissions[7]}` });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'IDENTITY_TOO_LARGE']);
      expect(answer.headers.ratelimit).toBe('"key";r=9;t=60');
      expect(IDENTITY.some((name) => name in answer.headers)).toBe(false);
      const large = await makeApiKey(server(), organizationId, { grants: permissions.slice(0, 78) });
      const accepted = await ask(server(), { key: large.secret });
      expect(accepted.status).toBe(200);
      expect(accepted.headers['x-keywright-permissions']).toBe(permissions.slice(0, 78).sort().join());
    });

    test.each([
      'preflight=',
      'preflight=deny',
      'preflight=allow&preflight=allow',
      'permissions=a.b',
      'permission=',
      'permission=a.b,c.d',
      'permission=A',
      'team=',
      'team=platform',
      'environment=production',
      'environment=live&environment=test',
      'organization=acme',
      'team=team_01jzzzzzzzzzzzzzzzzzzzzzzz&team=team_01jzzzzzzzzzzzzzzzzzzzzzzz',
      'PERMISSION=a.b',
      '=a',
      'a',
      `${Array.from({ length: 101 }, (_, index) => `permission=a${index}`).join('&')}`,
      'any_permission=',
      'any_permission=a.b,c.d',
      'any_permission=a.b&any_permission=A',
      'anyPermission=a.b',
      `any_permission=${'a'.repeat(101)}`,
      `${Array.from({ length: 101 }, (_, index) => `any_permission=a${index}`).join('&')}`,
    ])('to decide with the query ?%s', async (query) => {
      const { secret } = await made({ grants: ['*'] });
      const answer = await ask(server(), { key: secret, query: `?${query}` });
      expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_USER_INPUT']);
    });

    test('nothing for what stands after uri=, which is the client’s', async () => {
      const { secret } = await made({ grants: ['a.b'] });
      const status = async (query: string) => (await ask(server(), { key: secret, query })).status;
      expect(await status('?uri=/orders?permission=c.d&environment=test')).toBe(200);
      expect(await status('?permission=a.b&uri=/?x=1&permission=c.d')).toBe(200);
      expect(await status('?permission=c.d&uri=/&permission=a.b')).toBe(403);
      expect(await status('?noturi=/')).toBe(400);
    });

    test('at another path', async () => {
      const { secret } = await made();
      const headers = { Authorization: `Bearer ${secret}` };
      for (const path of ['/verify/', '/verifyx', '/Verify', '//verify', '/%76erify'])
        expect((await fetch(server().url + path, { headers })).status).toBe(404);
    });
  });

  describe('a preflight', () => {
    const page = ['Origin', 'https://app.example.com'] as const;
    const asks = ['Access-Control-Request-Method', 'POST'] as const;
    const query = '?preflight=allow&permission=a.b&environment=live';

    test('passes without a key where the gateway allows it, and is nobody', async () => {
      const { status, headers, text } = await ask(server(), {
        method: 'OPTIONS',
        query,
        headers: [page, asks],
      });
      expect([status, text]).toEqual([200, '']);
      expect(IDENTITY.map((name) => headers[name])).toEqual(IDENTITY.map(() => ''));
      const events: unknown[] = [];
      const stop = server().services.bus.subscribe((event) => events.push(event));
      await ask(server(), { method: 'OPTIONS', query, headers: [page, asks] });
      stop();
      expect(events).toEqual([]);
    });

    test.each([
      ['GET', query, [page, asks]],
      ['POST', query, [page, asks]],
      ['OPTIONS', query, [page]],
      ['OPTIONS', query, [asks]],
      ['OPTIONS', query, [['Origin', ''] as const, asks]],
      ['OPTIONS', query, []],
      ['OPTIONS', '', [page, asks]],
      ['OPTIONS', '?uri=/?preflight=allow', [page, asks]],
      ['GET', query, [page, asks, ['X-HTTP-Method-Override', 'OPTIONS'] as const]],
      ['GET', query, [page, asks, ['X-Forwarded-Method', 'OPTIONS'] as const]],
    ])('is nothing else: %s %s with %j', async (method, given, headers) => {
      const { status } = await ask(server(), { method, query: given, headers });
      expect(status).toBe(401);
    });

    test('with a key is checked as any other request', async () => {
      const { secret, id } = await made({ grants: ['a.b'] });
      const given = { method: 'OPTIONS', query, headers: [page, asks] };
      const accepted = await ask(server(), { ...given, key: secret });
      expect([accepted.status, accepted.headers['x-keywright-key-id']]).toEqual([200, id]);
      expect((await ask(server(), { ...given, key: 'nothing' })).status).toBe(401);
    });
  });

  describe('counts', () => {
    test('each request as one use of the key, or one denial', async () => {
      const { secret, id, organizationId } = await made();
      const events: unknown[] = [];
      const stop = server().services.bus.subscribe((event) => events.push(event));
      for (let time = 0; time < 3; time += 1) await ask(server(), { key: secret });
      await ask(server(), { key: secret, query: '?permission=a.b' });
      await ask(server(), { key: secret, query: `?organization=${newId('org')}` });
      await ask(server());
      stop();
      const facts = { organizationId, keyId: id, ip: '127.0.0.1' };
      expect(events).toHaveLength(5);
      for (const event of events.slice(0, 3)) expect(event).toMatchObject({ type: 'use', ...facts });
      expect(events[3]).toMatchObject({ type: 'denial', code: 'INSUFFICIENT_PERMISSIONS', ...facts });
      expect(events[4]).toMatchObject({ type: 'denial', code: 'NOT_FOUND', keyId: null });
    });

    test('against the key’s limit, exactly, and says what is left', async () => {
      const { secret } = await made({ rateLimit: { limit: 5, windowSeconds: 60 } });
      const first = await ask(server(), { key: secret });
      expect(first.headers['ratelimit-policy']).toBe('"key";q=5;w=60');
      expect(first.headers.ratelimit).toBe('"key";r=4;t=60');
      expect(first.headers['retry-after']).toBeUndefined();
      server().clock.advance(1_500);
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(server(), { key: secret })));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(16);
      for (const answer of refused) {
        expect(codeOf(answer)).toBe('RATE_LIMITED');
        expect(answer.headers).toMatchObject({
          'retry-after': '59',
          ratelimit: '"key";r=0;t=59',
          'ratelimit-policy': '"key";q=5;w=60',
        });
      }
      server().clock.advance(58_500);
      expect((await ask(server(), { key: secret })).status).toBe(200);
    });
  });

  describe('knows the client', () => {
    const forwarded = (...addresses: string[]) => [['X-Forwarded-For', addresses.join(', ')]] as const;

    test('by its connection, whatever it says of itself', async () => {
      const { secret } = await made({ ipAllowlist: ['203.0.113.0/24'] });
      for (const headers of [
        forwarded('203.0.113.9'),
        [['X-Real-IP', '203.0.113.9']] as const,
        [['Forwarded', 'for=203.0.113.9']] as const,
        [['X-Client-IP', '203.0.113.9']] as const,
      ]) {
        const answer = await ask(server(), { key: secret, headers });
        expect([answer.status, codeOf(answer)]).toEqual([403, 'IP_NOT_ALLOWED']);
      }
    });

    test('by what a trusted proxy says of it', async () => {
      const parsed = parseNetwork('127.0.0.1');
      const trustedProxies = 'network' in parsed ? [parsed.network] : [];
      const behind = await other({ config: { trustedProxies } });
      const { secret } = await made({ ipAllowlist: ['203.0.113.0/24'] }, behind);
      const status = async (...addresses: string[]) =>
        (await ask(behind, { key: secret, headers: forwarded(...addresses) })).status;
      expect(await status('203.0.113.9')).toBe(200);
      expect(await status('203.0.113.9', '198.51.100.1')).toBe(403);
      expect(await status('198.51.100.1', '203.0.113.9', '127.0.0.1')).toBe(200);
      expect((await ask(behind, { key: secret })).status).toBe(403);
    });
  });

  describe('where it can’t decide', () => {
    test('answers 503, never 200, and says so once in the log', async () => {
      const own = await other({});
      const { secret } = await made({}, own);
      const { withKey } = own.services.keys;
      const failure = new Error(`no connection for ${secret}`);
      Object.assign(own.services.keys, {
        withKey: () => {
          throw failure;
        },
      });
      for (let time = 0; time < 50; time += 1) {
        const answer = await ask(own, { key: secret });
        expect([answer.status, codeOf(answer), answer.headers['retry-after']]).toEqual([
          503,
          'UNAVAILABLE',
          '1',
        ]);
      }
      Object.assign(own.services.keys, { withKey: () => Promise.reject(failure) });
      expect((await ask(own, { key: secret })).status).toBe(503);
      Object.assign(own.services.keys, { withKey });
      expect((await ask(own, { key: secret })).status).toBe(200);
      const said = own.lines.filter((line) => line.includes('could not be verified'));
      expect(said).toHaveLength(1);
      expect(said[0]).not.toContain(secret);
    });
  });

  describe('where many fail', () => {
    test('answers 429 after so many a minute and address, accepts good keys all the same', async () => {
      const parsed = parseNetwork('127.0.0.1');
      const trustedProxies = 'network' in parsed ? [parsed.network] : [];
      const own = await other({ config: { trustedProxies, verifyFailuresPerMinute: 10 } });
      const { secret, id, ctx } = await made({}, own);
      const denials: unknown[] = [];
      own.services.bus.subscribe((event) => event.type === 'denial' && denials.push(event));
      const from = (ip: string, key?: string) =>
        ask(own, { ...(key ? { key } : {}), headers: [['X-Forwarded-For', ip]] });
      const statuses = [];
      for (let time = 0; time < 12; time += 1)
        statuses.push((await from('203.0.113.9', generateSecret('kw', 'live'))).status);
      expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
      // All of them are told to whoever watches denials.
      expect(denials).toHaveLength(12);
      const limited = await from('203.0.113.9', 'hello');
      expect(codeOf(limited)).toBe('RATE_LIMITED');
      expect(limited.headers).toMatchObject({
        'retry-after': '60',
        ratelimit: '"failures";r=0;t=60',
        'ratelimit-policy': '"failures";q=10;w=60',
      });
      expect((await from('203.0.113.9', secret)).status).toBe(200);
      expect((await from('203.0.113.10', 'hello')).status).toBe(401);
      // No key, no guess.
      for (let time = 0; time < 12; time += 1) expect((await from('203.0.113.11')).status).toBe(401);
      // A network's addresses count together, as a client with IPv6 has all of its /64.
      for (let time = 0; time < 10; time += 1) await from(`2001:db8::${time}`, 'hello');
      expect((await from('2001:db8:0:0:ffff::1', 'hello')).status).toBe(429);
      expect((await from('2001:db8:0:1::1', 'hello')).status).toBe(401);
      await revokeApiKey(ctx, { id });
      expect((await from('203.0.113.9', secret)).status).toBe(429);
      own.clock.advance(60_000);
      expect((await from('203.0.113.9', secret)).status).toBe(401);
    });
  });

  test('leaves nothing of what it checks in the log', async () => {
    const own = await other({});
    const { secret } = await made({}, own);
    const before = own.lines.length;
    await ask(own, { key: secret, method: 'POST', body: 'a body', headers: [['X-Other', 'a header']] });
    await ask(own, { key: 'hello', query: '?uri=/private/path?token=1' });
    await ask(own, { query: '?nonsense=1' });
    expect(own.lines.slice(before)).toEqual([]);
  });

  test('closes connections when the server stops', async () => {
    const own = await startTestServer(engine);
    const { secret } = await made({}, own);
    const connection = await openConnection(own.url);
    const request = `GET /verify HTTP/1.1\r\nHost: a\r\nX-API-Key: ${secret}\r\n\r\n`;
    connection.send(request);
    await eventually(() => connection.received().includes('200 OK'));
    await own.close();
    await connection.closed();
  });
});
