import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UnavailableError } from '../../../src/core/errors.ts';
import { sessionCookieName } from '../../../src/http/auth/session-cookie.ts';
import { generateSecret } from '../../../src/keys/secret.ts';
import { onEachDatabase } from '../../support/databases.ts';
import {
  ask,
  makeApiKey,
  makeMember,
  makeOperatorToken,
  serverOn,
  startTestServer,
  type TestServer,
} from '../../support/server.ts';
import { allow, preflight, readerOf } from '../cors/pages.ts';
import { basic, bearer, FORM, type IntrospectAnswer, introspect } from './introspect.ts';

const BOTH_CHALLENGES = 'Bearer, Basic realm="Keywright"';
const NOT_DESCRIPTIVE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

/** The status and OAuth error of a response, whose body is checked as RFC 6749, 5.2 requires. */
function errorOf({ status, headers, body }: IntrospectAnswer): [number, string] {
  expect(Object.keys(body)).toEqual(['error', 'error_description']);
  expect(body.error_description).not.toMatch(NOT_DESCRIPTIVE);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['content-type']).toMatch(/^application\/json\b/);
  return [status, body.error];
}

onEachDatabase('/introspect', (engine) => {
  const server = serverOn(engine);

  async function gateway(on: TestServer = server()) {
    const { organizationId, sessionToken } = await makeMember(on);
    const { secret: own, id } = await makeApiKey(on, organizationId, { grants: ['api.key.verify'] });
    const { secret } = await makeApiKey(on, organizationId);
    return { organizationId, sessionToken, own, ownId: id, secret };
  }

  describe('authenticates the caller', () => {
    test('by a bearer token, an API key, HTTP Basic or a client secret in the form', async () => {
      const { own, ownId, secret, sessionToken } = await gateway();
      const operator = await makeOperatorToken(server(), `gateway-${ownId}`);
      const encoded = [...own].map((c) => (c === '_' ? '%5F' : c)).join('');
      for (const headers of [
        [bearer(own)],
        [bearer(operator)],
        [bearer(sessionToken)],
        [['X-API-Key', own] as const],
        [basic('gateway', own)],
        [basic('', own)],
        [basic(ownId, operator)],
        [basic('a%3Ab', encoded)],
        [basic(own, own)],
        [basic(own, '')],
        // A token of the API behind the gateway.
        [basic('somebody', 'else'), ['X-API-Key', own] as const],
        [basic('gateway', own), ['X-API-Key', own] as const],
      ]) {
        const answer = await introspect(server(), { headers, form: { token: secret } });
        expect([headers, answer.status, answer.body.active]).toEqual([headers, 200, true]);
      }
      for (const form of [
        { client_id: 'gateway', client_secret: own },
        { client_secret: operator },
        { client_id: own },
      ]) {
        const answer = await introspect(server(), { form: { token: secret, ...form } });
        expect([form, answer.status, answer.body.active]).toEqual([form, 200, true]);
      }
      const both = { headers: [basic('gateway', own)], form: { token: secret, client_secret: own } };
      expect((await introspect(server(), both)).body.active).toBe(true);
    });

    test('and rejects credentials that disagree, wherever they are', async () => {
      const { own, secret, sessionToken } = await gateway();
      const token = { token: secret };
      for (const request of [
        { headers: [bearer(own), ['X-API-Key', secret] as const], form: token },
        { headers: [basic('id', own), ['X-API-Key', secret] as const], form: token },
        { headers: [basic(secret, own)], form: token },
        { headers: [basic('id', own)], form: { ...token, client_secret: secret } },
        { headers: [bearer(own)], form: { ...token, client_id: sessionToken } },
        { headers: [bearer(own), bearer(own)], form: token },
        { headers: [basic('id', own), bearer(own)], form: token },
        { headers: [['X-API-Key', own] as const], form: { ...token, client_secret: sessionToken } },
      ])
        expect(errorOf(await introspect(server(), request))).toEqual([400, 'invalid_request']);
    });

    test('with 401 and a challenge otherwise, and looks at no token', async () => {
      const { own, secret, organizationId } = await gateway();
      const form = { token: secret };
      const used: unknown[] = [];
      const stop = server().services.bus.subscribe((event) => {
        if ('organizationId' in event && event.organizationId === organizationId) used.push(event);
      });
      for (const [headers, error, challenge] of [
        [[], 'invalid_client', BOTH_CHALLENGES],
        [[basic('id', '')], 'invalid_client', BOTH_CHALLENGES],
        [[basic('id', 'x')], 'invalid_client', BOTH_CHALLENGES],
        [[basic('id', generateSecret('kw', 'live'))], 'invalid_client', BOTH_CHALLENGES],
        [[basic('id', '%')], 'invalid_client', BOTH_CHALLENGES],
        [[basic('id', `${own}%00`)], 'invalid_client', BOTH_CHALLENGES],
        [[['Authorization', 'Basic'] as const], 'invalid_client', BOTH_CHALLENGES],
        [[['Authorization', 'Basic %%%'] as const], 'invalid_client', BOTH_CHALLENGES],
        [
          [['Authorization', `Basic ${Buffer.from(own).toString('base64')}`] as const],
          'invalid_client',
          BOTH_CHALLENGES,
        ],
        [[bearer('x')], 'invalid_token', 'Bearer error="invalid_token"'],
        [[bearer('')], 'invalid_token', 'Bearer error="invalid_token"'],
        [[['Authorization', `Digest ${own}`] as const], 'invalid_token', 'Bearer error="invalid_token"'],
        [[['X-API-Key', 'x'] as const], 'invalid_token', 'Bearer error="invalid_token"'],
      ] as const) {
        const answer = await introspect(server(), { headers, form });
        expect([headers, ...errorOf(answer)]).toEqual([headers, 401, error]);
        expect([headers, answer.headers['www-authenticate']]).toEqual([headers, challenge]);
      }
      for (const wrong of [{ client_id: 'id', client_secret: 'x' }, { client_id: 'id' }])
        expect(errorOf(await introspect(server(), { form: { ...form, ...wrong } }))).toEqual([
          401,
          'invalid_client',
        ]);
      stop();
      expect(used).toEqual([]);
    });

    test('never by a cookie', async () => {
      const { secret } = await gateway();
      const { sessionToken } = await makeMember(server());
      const cookie = `${sessionCookieName(server().services.publicUrl)}=${sessionToken}`;
      const headers = [['Cookie', cookie] as const, ['X-Requested-With', 'keywright'] as const];
      const viewer = await ask(server(), '{ viewer { permissions } }', {
        headers: Object.fromEntries(headers),
      });
      expect(viewer.errors).toEqual([]);
      expect(errorOf(await introspect(server(), { headers, form: { token: secret } }))).toEqual([
        401,
        'invalid_client',
      ]);
    });

    test('who needs api.key.verify, and learns nothing about tokens without it', async () => {
      const { organizationId, secret } = await gateway();
      const { secret: other } = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
      const answers = [];
      for (const token of [secret, other, generateSecret('kw', 'live'), 'x']) {
        const answer = await introspect(server(), { headers: [bearer(other)], form: { token } });
        expect(errorOf(answer)).toEqual([403, 'insufficient_scope']);
        expect(answer.headers['www-authenticate']).toBe(
          'Bearer error="insufficient_scope", scope="api.key.verify"',
        );
        answers.push(answer.text);
      }
      expect(new Set(answers).size).toBe(1);
    });

    test('with 429 after too many failures of its address, and still with a valid credential', async () => {
      const own = await startTestServer(engine, { config: { verifyFailuresPerMinute: 2 } });
      onTestFinished(() => own.close());
      const { own: credential, secret } = await gateway(own);
      const form = { token: secret };
      const wrong = () => introspect(own, { headers: [basic('id', 'x')], form });
      for (const status of [401, 401, 429, 429]) expect((await wrong()).status).toBe(status);
      const limited = await wrong();
      expect(errorOf(limited)).toEqual([429, 'temporarily_unavailable']);
      expect(limited.headers['retry-after']).toBe('60');
      const headers = [basic('id', credential)];
      expect((await introspect(own, { headers, form })).body.active).toBe(true);
    });
  });

  describe('rejects', () => {
    test('other methods', async () => {
      const { own, secret } = await gateway();
      for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
        const answer = await introspect(server(), {
          method,
          headers: [bearer(own)],
          query: `?token=${secret}`,
        });
        expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, 'POST, OPTIONS']);
        expect(answer.headers['cache-control']).toBe('no-store');
        expect(answer.text).not.toContain(secret);
      }
    });

    test('a token in the URL, and parameters that it doesn’t know there', async () => {
      const { own, secret, organizationId } = await gateway();
      for (const query of [
        `?token=${secret}`,
        `?token=${secret}&permission=a.b`,
        `?uri=/&token=${secret}`,
        `?uri=`,
        '?preflight=allow',
        '?permision=a.b',
        '?permission=A%20B',
        '?environment=prod',
        '?environment=live&environment=live',
        `?organization=${organizationId}&organization=${organizationId}`,
        '?"\\é%0d%0aX-Injected:%201',
      ]) {
        const answer = await introspect(server(), { headers: [bearer(own)], query, form: { token: secret } });
        expect([query, ...errorOf(answer)]).toEqual([query, 400, 'invalid_request']);
        expect(answer.headers['x-injected']).toBeUndefined();
      }
    });

    test('a form without exactly one token, and misplaced or repeated parameters', async () => {
      const { own, secret } = await gateway();
      for (const form of [
        '',
        'token=',
        'token',
        `Token=${secret}`,
        `token=${secret}&token=${secret}`,
        `token=x&token=${secret}`,
        `token=${secret}&token_type_hint=a&token_type_hint=b`,
        `token=${secret}&x=1&x=2`,
        `token=${secret}&permission=a.b`,
        `token=${secret}&any_permission=a.b`,
        `token=${secret}&environment=test`,
        `token=${secret}&organization=x`,
        `token=${secret}&team=x`,
      ]) {
        const answer = await introspect(server(), { headers: [bearer(own)], form });
        expect([form, ...errorOf(answer)]).toEqual([form, 400, 'invalid_request']);
        expect(answer.text).not.toContain(secret);
      }
    });

    test('other media types, charsets and encodings', async () => {
      const { own, secret } = await gateway();
      const form = `token=${secret}`;
      for (const contentType of [
        null,
        'application/json',
        'text/plain',
        'multipart/form-data; boundary=x',
        `${FORM}; charset=utf-16`,
        `${FORM}; charset=iso-8859-1`,
        `${FORM}, application/json`,
      ]) {
        const answer = await introspect(server(), { headers: [bearer(own)], contentType, form });
        expect([contentType, ...errorOf(answer)]).toEqual([contentType, 415, 'invalid_request']);
        expect(answer.headers['accept-post']).toBe(`${FORM}; charset=utf-8`);
      }
      const json = { contentType: 'application/json', form: JSON.stringify({ token: secret }) };
      expect((await introspect(server(), { headers: [bearer(own)], ...json })).status).toBe(415);
      const headers = [bearer(own), ['Content-Encoding', 'gzip'] as const];
      expect(errorOf(await introspect(server(), { headers, form: gzipSync(form) }))).toEqual([
        415,
        'invalid_request',
      ]);
      for (const contentType of [`${FORM};charset=UTF-8`, `${FORM.toUpperCase()}; Charset="utf-8"`])
        expect((await introspect(server(), { headers: [bearer(own)], contentType, form })).body.active).toBe(
          true,
        );
    });

    test('bodies of more than 16 KB, before the caller is known, and bytes that are no UTF-8', async () => {
      const { own, secret } = await gateway();
      const padded = (size: number) => `token=${secret}&x=`.padEnd(size, 'x');
      const send = (form: string | Buffer) => introspect(server(), { headers: [bearer(own)], form });
      expect((await send(padded(16_384))).body.active).toBe(true);
      for (const size of [16_385, 1_000_000]) {
        const answer = await send(padded(size));
        expect(errorOf(answer)).toEqual([413, 'invalid_request']);
        expect(answer.headers.connection).toBe('close');
      }
      expect(errorOf(await introspect(server(), { form: padded(20_000) }))[0]).toBe(413);
      expect(errorOf(await send(Buffer.from([0x74, 0xff, 0xfe])))).toEqual([400, 'invalid_request']);
    });
  });

  test('ignores the hint and other parameters of the form', async () => {
    const { own, secret } = await gateway();
    for (const form of [
      { token: secret, token_type_hint: 'access_token' },
      { token: secret, token_type_hint: 'refresh_token' },
      { token: secret, token_type_hint: '', scope: 'x', resource: 'https://api.example' },
      { token: ` ${secret}\r\n` },
    ])
      expect((await introspect(server(), { headers: [bearer(own)], form })).body.active).toBe(true);
  });

  test('limits the operations of the caller before it looks at a token', async () => {
    const own = await startTestServer(engine);
    onTestFinished(() => own.close());
    Object.assign(own.app.operationLimits.config.points, { caller: 3 });
    const { own: credential, secret } = await gateway(own);
    const denials: unknown[] = [];
    own.services.bus.subscribe((event) => event.type === 'denial' && denials.push(event));
    const send = (form: Record<string, string> = { token: 'x' }) =>
      introspect(own, { headers: [bearer(credential)], form });
    const first = await send();
    expect(first.headers.ratelimit).toMatch(/"caller";r=2;/);
    await send({ token: secret });
    expect((await send({})).status).toBe(400);
    const limited = await send();
    expect(errorOf(limited)).toEqual([429, 'temporarily_unavailable']);
    expect(limited.headers['retry-after']).toMatch(/^[1-9]\d*$/);
    expect(limited.headers.ratelimit).toMatch(/"caller";r=0;/);
    expect(denials).toHaveLength(1);
    expect(own.app.operationLimits.size.operations).toBe(0);
  });

  test('answers 503 where it can’t decide', async () => {
    const own = await startTestServer(engine);
    onTestFinished(() => own.close());
    const { own: credential, secret } = await gateway(own);
    Object.assign(own.services.keys, { withKey: () => Promise.reject(new UnavailableError('Away', 2)) });
    const answer = await introspect(own, { headers: [bearer(credential)], form: { token: secret } });
    expect(errorOf(answer)).toEqual([503, 'temporarily_unavailable']);
    expect(answer.headers['retry-after']).toBe('2');
  });

  test('leaves nothing of what it reads in the log', async () => {
    const own = await startTestServer(engine);
    onTestFinished(() => own.close());
    const { own: credential, secret } = await gateway(own);
    for (const headers of [[bearer(credential)], [basic('id', credential)], [basic('id', `${credential}x`)]])
      await introspect(own, { headers, query: `?x=${secret}`, form: { token: secret } });
    await introspect(own, { headers: [bearer(credential)], form: { token: secret } });
    const log = own.lines.join('\n');
    expect(log).toContain('/introspect');
    for (const text of [secret, credential, secret.slice(0, 16)]) expect(log).not.toContain(text);
  });

  test('is for pages whose origin the organization of the credential allows', async () => {
    const [one, other] = [await gateway(), await gateway()];
    const [app, elsewhere] = ['https://app.example.com', 'https://elsewhere.example.com'];
    await allow(server(), one.organizationId, app);
    await allow(server(), other.organizationId, elsewhere);
    const from = async (origin: string, credential: string, secret: string) => {
      const headers = [['Origin', origin] as const, basic('id', credential)];
      return introspect(server(), { headers, form: { token: secret } });
    };
    const allowed = await from(app, one.own, one.secret);
    expect([allowed.body.active, allowed.headers['access-control-allow-origin']]).toEqual([true, app]);
    expect(allowed.headers.vary).toBe('Origin');
    for (const origin of [elsewhere, 'https://evil.example', 'null'])
      expect(errorOf(await from(origin, one.own, one.secret))).toEqual([403, 'access_denied']);
    const evil = await from('https://evil.example', one.own, one.secret);
    expect(evil.headers['access-control-allow-origin']).toBeUndefined();
    const asked = await preflight(server(), app, '/introspect');
    expect([asked.status, readerOf(asked), asked.headers.get('allow')]).toEqual([204, app, 'POST, OPTIONS']);
    expect(readerOf(await preflight(server(), 'https://evil.example', '/introspect'))).toBeNull();
  });
});
