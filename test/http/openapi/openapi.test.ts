import { Validator } from '@seriousme/openapi-schema-validator';
import { OpenAPIClientAxios } from 'openapi-client-axios';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { schema } from '../../../schema/index.ts';
import { systemPrincipal } from '../../../src/access/principal.ts';
import { UnavailableError } from '../../../src/core/errors.ts';
import { newId } from '../../../src/core/ids.ts';
import { revokeApiKey } from '../../../src/keys/revoke-api-key.ts';
import { generateSecret } from '../../../src/keys/secret.ts';
import { updateApiKey } from '../../../src/keys/update-api-key.ts';
import { createTeam } from '../../../src/teams/create-team.ts';
import { makeApiKey, makeMember, serverOn, startTestServer, type TestServer } from '../../support/server.ts';
import { contextFor } from '../../support/services.ts';
import { allow, preflight, readerOf } from '../cors/pages.ts';
import { type Document, expectDocumented } from './documented.ts';

const server = serverOn('sqlite', { config: { metrics: true, verifyFailuresPerMinute: 1_000 } });
let document: Document;
beforeAll(async () => {
  document = await read(server());
});

async function read({ url }: Pick<TestServer, 'url'>): Promise<Document> {
  return (await fetch(`${url}/openapi.json`)).json();
}

/** An organization with a key, and a gateway that has `api.key.verify`. */
async function organization(input: Parameters<typeof makeApiKey>[2] = {}, on = server()) {
  const { organizationId } = await makeMember(on);
  const gateway = await makeApiKey(on, organizationId, { grants: ['api.key.verify'] });
  const ctx = contextFor(on.services, systemPrincipal('test'));
  return { organizationId, gateway, ctx, ...(await makeApiKey(on, organizationId, input)) };
}

/** Sends a request to /verify, and returns the code of the response, which must be documented. */
async function verify(key: string | null, query = '', on = server()): Promise<string> {
  const headers = key === null ? {} : { 'X-API-Key': key };
  const answer = await fetch(`${on.url}/verify${query}`, { headers });
  const body = (await expectDocumented(document, ['get', '/verify'], answer)) as { code: string } | null;
  return body?.code ?? 'VALID';
}

/** Sends a request to /introspect, whose response must be documented. Returns its status and body. */
async function introspect(
  form: Readonly<Record<string, string>> | string,
  {
    headers = {},
    query = '',
    on = server(),
  }: { headers?: HeadersInit; query?: string; on?: TestServer } = {},
) {
  const body = new URLSearchParams(form);
  const answer = await fetch(`${on.url}/introspect${query}`, { method: 'POST', headers, body });
  return [answer.status, await expectDocumented(document, ['post', '/introspect'], answer)] as const;
}

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(document)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('has every code of a verification, once', () => {
    const { responses } = document.paths['/verify'].get;
    const codes = Object.values<Document>(responses).flatMap(
      ({ content }) => content?.['application/json'].schema.properties.code.enum ?? [],
    );
    const known = schema.getType('VerificationCode');
    if (!known || !('getValues' in known)) throw new Error('VerificationCode is an enum');
    const names = known.getValues().map(({ name }) => name);
    expect(codes).toEqual(expect.arrayContaining(names.filter((name) => name !== 'VALID')));
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('has only paths that exist, and /metrics only where it does', async () => {
    for (const [path, item] of Object.entries<Document>(document.paths)) {
      for (const method of Object.keys(item)) {
        const { status } = await fetch(`${server().url}${path}`, { method: method.toUpperCase() });
        expect([path, method, status === 404 || status === 405]).toEqual([path, method, false]);
      }
    }
    expect(document.paths).toHaveProperty('/metrics');
    const other = await startTestServer('sqlite', { config: { metrics: false } });
    onTestFinished(() => other.close());
    expect((await read(other)).paths).not.toHaveProperty('/metrics');
    expect((await read(other)).servers).toEqual([{ url: other.url }]);
  });

  test('has exactly the parameters that are accepted', async () => {
    const values: Record<string, string> = {
      permission: 'a.b',
      any_permission: 'a.b',
      team: newId('team'),
      environment: 'live',
      organization: newId('org'),
      preflight: 'allow',
      uri: '/x',
    };
    const namesOf = (path: string, method: string) =>
      document.paths[path][method].parameters.map(({ name }: { name: string }) => name).sort();
    const { gateway } = await organization();
    const headers = { Authorization: `Bearer ${gateway.secret}` };
    const accepted = { verify: [] as string[], introspect: [] as string[] };
    for (const [name, value] of Object.entries(values)) {
      const query = `?${name}=${encodeURIComponent(value)}`;
      if ((await verify('x', query)) !== 'BAD_USER_INPUT') accepted.verify.push(name);
      if ((await introspect({ token: 'x' }, { headers, query }))[0] === 200) accepted.introspect.push(name);
    }
    expect(namesOf('/verify', 'get')).toEqual(accepted.verify.sort());
    expect(namesOf('/introspect', 'post')).toEqual(accepted.introspect.sort());
  });

  test('is cached by its ETag, like the schema, and readable by pages of allowed origins', async () => {
    const { organizationId } = await organization();
    const origin = 'https://docs.example.com';
    await allow(server(), organizationId, origin);
    for (const path of ['/openapi.json', '/schema.graphql']) {
      const url = `${server().url}${path}`;
      const first = await fetch(url, { headers: { Origin: origin } });
      expect([first.headers.get('cache-control'), first.headers.get('vary')]).toEqual(['no-cache', 'Origin']);
      expect(readerOf(first)).toBe(origin);
      await expectDocumentedPage(path, await fetch(url));
      const etag = first.headers.get('etag') ?? '';
      for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        const known = await fetch(url, { headers: { 'If-None-Match': tag } });
        expect([path, tag, known.status, known.headers.get('etag')]).toEqual([path, tag, 304, etag]);
        await expectDocumentedPage(path, known);
      }
      const other = await fetch(url, { headers: { 'If-None-Match': '"x"' } });
      expect(other.status).toBe(200);
      const head = await fetch(url, { method: 'HEAD' });
      expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, '']);
      expect(readerOf(await preflight(server(), origin, path))).toBe(origin);
      expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    }
  });
});

function expectDocumentedPage(path: string, answer: Response) {
  return expectDocumented(document, ['get', path], answer);
}

describe('describes the responses of', () => {
  test('/verify', async () => {
    const { secret, id, ctx, organizationId } = await organization({ grants: ['a.b'], ipAllowlist: [] });
    const team = async () => (await createTeam(ctx, { organizationId, name: newId('team') })).result.id;
    expect(await verify(secret)).toBe('VALID');
    expect(await verify(null)).toBe('MALFORMED');
    expect(await verify('x')).toBe('MALFORMED');
    expect(await verify(generateSecret('kw', 'live'))).toBe('NOT_FOUND');
    expect(await verify(secret, '?permission=a.c')).toBe('INSUFFICIENT_PERMISSIONS');
    expect(await verify(secret, '?environment=test')).toBe('WRONG_ENVIRONMENT');
    expect(await verify(secret, '?nonsense=1')).toBe('BAD_USER_INPUT');
    await updateApiKey(ctx, { id, teamIds: [await team()] });
    expect(await verify(secret, `?team=${await team()}`)).toBe('TEAM_NOT_ALLOWED');
    await updateApiKey(ctx, { id, ipAllowlist: ['203.0.113.1'] });
    expect(await verify(secret)).toBe('IP_NOT_ALLOWED');
    await updateApiKey(ctx, { id, enabled: false });
    expect(await verify(secret)).toBe('DISABLED');
    await revokeApiKey(ctx, { id });
    expect(await verify(secret)).toBe('REVOKED');
    const limited = await makeApiKey(server(), organizationId, {
      rateLimit: { limit: 1, windowSeconds: 60 },
    });
    expect(await verify(limited.secret)).toBe('VALID');
    expect(await verify(limited.secret)).toBe('RATE_LIMITED');
    expect(await verify(limited.secret, '?environment=test')).toBe('WRONG_ENVIRONMENT');
    const long = Array.from({ length: 100 }, (_, index) => `p${index}`.padEnd(100, 'x'));
    const large = await makeApiKey(server(), organizationId, { grants: long });
    expect(await verify(large.secret)).toBe('IDENTITY_TOO_LARGE');
    const expiresAt = server().clock.now() + 1_000;
    const expiring = await makeApiKey(server(), organizationId, { expiresAt });
    server().clock.advance(1_000);
    expect(await verify(expiring.secret)).toBe('EXPIRED');
    const two = { 'X-API-Key': secret, Authorization: `Bearer ${limited.secret}` };
    const answer = await fetch(`${server().url}/verify`, { headers: two });
    expect(await expectDocumented(document, ['get', '/verify'], answer)).toMatchObject({
      code: 'BAD_REQUEST',
    });
  });

  test('/introspect', async () => {
    const { secret, id, ctx, gateway } = await organization({
      ...{ grants: ['a.b'], externalId: 'x', expiresAt: server().clock.now() + 60_000 },
    });
    const headers = { Authorization: `Bearer ${gateway.secret}` };
    expect(await introspect({ token: secret }, { headers })).toMatchObject([200, { active: true, sub: id }]);
    expect(await introspect({ token: 'x' }, { headers })).toEqual([200, { active: false }]);
    await updateApiKey(ctx, { id, grants: [], expiresAt: null });
    const [, plain] = await introspect({ token: secret }, { headers });
    expect(plain).not.toHaveProperty('scope');
    for (const [status, sent] of [
      [400, introspect({}, { headers })],
      [400, introspect({ token: 'x' }, { headers, query: '?token=x' })],
      [401, introspect({ token: 'x' })],
      [401, introspect({ token: 'x' }, { headers: { Authorization: 'Bearer x' } })],
      [403, introspect({ token: 'x' }, { headers: { Authorization: `Bearer ${secret}` } })],
      [403, introspect({ token: 'x' }, { headers: { ...headers, Origin: 'https://evil.example' } })],
      [413, introspect({ token: 'x'.repeat(20_000) }, { headers })],
      [415, introspect({ token: 'x' }, { headers: { ...headers, 'Content-Type': 'text/plain' } })],
    ] as const)
      expect([status, (await sent)[0]]).toEqual([status, status]);
    const put = await fetch(`${server().url}/introspect`, { method: 'PUT' });
    expect(put.status).toBe(405);
    await expectDocumented(document, ['post', '/introspect'], put);
  });

  test('both where a limit is reached, or the database is away', async () => {
    const own = await startTestServer('sqlite', { config: { verifyFailuresPerMinute: 1 } });
    onTestFinished(() => own.close());
    const { secret, gateway } = await organization({}, own);
    const basic = (text: string) => ({ Authorization: `Basic ${btoa(`id:${text}`)}` });
    expect(await verify('x', '', own)).toBe('MALFORMED');
    expect(await verify('x', '', own)).toBe('RATE_LIMITED');
    expect((await introspect({ token: 'x' }, { headers: basic('x'), on: own }))[0]).toBe(429);
    Object.assign(own.app.operationLimits.config.points, { caller: 1 });
    const headers = basic(gateway.secret);
    expect((await introspect({ token: secret }, { headers, on: own }))[0]).toBe(200);
    expect((await introspect({ token: secret }, { headers, on: own }))[0]).toBe(429);
    Object.assign(own.app.operationLimits.config.points, { caller: 100 });
    Object.assign(own.services.keys, { withKey: () => Promise.reject(new UnavailableError('Away')) });
    expect(await verify(secret, '', own)).toBe('UNAVAILABLE');
    expect((await introspect({ token: secret }, { headers, on: own }))[0]).toBe(503);
  });

  test('the health checks and metrics', async () => {
    for (const path of ['/healthz', '/readyz', '/readyz?scope=verify', '/metrics']) {
      const answer = await fetch(`${server().url}${path}`);
      await expectDocumented(document, ['get', path.split('?')[0] ?? ''], answer);
    }
    const own = await startTestServer('sqlite');
    onTestFinished(() => own.close());
    await own.app.services.db.destroy();
    const answer = await fetch(`${own.url}/readyz`);
    expect(answer.status).toBe(503);
    await expectDocumented(document, ['get', '/readyz'], answer);
  });
});

test('drives openapi-client-axios', async () => {
  const { secret, id, organizationId, gateway } = await organization({ grants: ['a.b', 'a.c'] });
  // As OpenAPI's default for lists is: `permission=a&permission=b`.
  const axiosConfigDefaults = { paramsSerializer: { indexes: null } };
  const api = new OpenAPIClientAxios({ definition: document, axiosConfigDefaults });
  const client = await api.init();
  const auth = { headers: { Authorization: `Bearer ${secret}` }, validateStatus: () => true };
  const query = { permission: ['a.b', 'a.c'], environment: 'live', organization: organizationId };
  const verified = await client.verify?.(query, null, auth);
  expect([verified?.status, verified?.headers['x-keywright-key-id']]).toEqual([200, id]);
  const lacking = await client.verify?.({ permission: ['a.b', 'a.d'] }, null, auth);
  expect([lacking?.status, lacking?.data.code]).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
  const form = new URLSearchParams({ token: secret });
  const gatewayAuth = { auth: { username: 'gateway', password: gateway.secret } };
  const introspected = await client.introspect?.({ any_permission: ['a.d', 'a.c'] }, form, gatewayAuth);
  expect(introspected?.data).toMatchObject({ active: true, client_id: id, scope: 'a.b a.c' });
  expect((await client.readiness?.({ scope: 'verify' }))?.data).toEqual({ status: 'ready' });
  expect((await client.health?.())?.data).toEqual({ status: 'ok' });
});
