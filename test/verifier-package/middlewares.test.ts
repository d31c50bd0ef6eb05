import { describe, expect, it } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { generateSecret } from '../../src/keys/secret.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { makeApiKey, serverOn, type TestServer } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { connectVerifier, makeVerifyingOrganization } from '../support/verifier-client.ts';
import { FRAMEWORKS } from './frameworks.ts';

/** Headers of a refusal that matter to clients. */
const COMPARED = [
  'www-authenticate',
  'x-keywright-code',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'content-type',
  'cache-control',
  'x-content-type-options',
];

type SentHeaders = readonly (readonly [name: string, value: string])[];

/** Sends headers as they are, repeated ones too. */
async function send(url: string, headers: SentHeaders, method = 'GET') {
  const { request } = await import('node:http');
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const sent = request(
        url,
        { method, headers: ['Host', new URL(url).host, ...headers.flat()] },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (text: string) => {
            body += text;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
          );
        },
      );
      sent.on('error', reject).end();
    },
  );
}

const refusalIn = ({ status, headers, body }: Awaited<ReturnType<typeof send>>) => ({
  status,
  body: JSON.parse(body),
  headers: Object.fromEntries(COMPARED.map((name) => [name, headers[name]])),
});

const keyHeaders = (secret: string): SentHeaders => [['X-API-Key', secret]];

describe.each(FRAMEWORKS)('the middleware of %s', (_name, startApi, path) => {
  const server = serverOn('sqlite');

  async function api(options: Parameters<typeof startApi>[1] = {}) {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const verifier = await connectVerifier(server().url, token);
    const url = (await startApi(verifier, options)) + path;
    return { url, verifier, organizationId };
  }

  /** The same request to `/verify`. */
  const atGateway = (query: string, headers: SentHeaders) => send(`${server().url}/verify?${query}`, headers);

  it('treats an address that can’t be read as unknown', async () => {
    const { url, organizationId } = await api({ trustedProxies: ['127.0.0.1', '::1'] });
    const open = await makeApiKey(server(), organizationId);
    const limited = await makeApiKey(server(), organizationId, { ipAllowlist: ['192.0.2.0/24'] });
    const from = (address: string, { secret }: { secret: string }) =>
      send(url, [['X-Forwarded-For', address], ...keyHeaders(secret)]);
    for (const address of ['garbage', '192.0.2.1.2', '%', ''])
      expect((await from(address, open)).status, address).toBe(200);
    expect((await from('garbage', limited)).status).toBe(403);
    expect((await from('192.0.2.1', limited)).status).toBe(200);
  });

  it('lets accepted keys pass, in either header', async () => {
    const { url, organizationId } = await api();
    const { id, secret } = await makeApiKey(server(), organizationId);
    for (const headers of [
      keyHeaders(secret),
      [['Authorization', `Bearer ${secret}`]],
      [['authorization', `bearer  ${secret} `]],
      [
        ['X-API-Key', secret],
        ['Authorization', `Bearer ${secret}`],
      ],
      [
        ['X-API-Key', secret],
        ['Authorization', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
      ],
    ] as const) {
      const { status, body } = await send(url, headers);
      expect([status, body]).toEqual([200, expect.stringContaining(id)]);
    }
  });

  it.each<[string, string, (api: Awaited<ReturnType<typeof keys>>) => SentHeaders]>([
    ['no key', '', () => []],
    ['another scheme', '', () => [['Authorization', 'Basic YTpi']]],
    ['a malformed key', '', () => keyHeaders('abc')],
    ['an unknown key', '', () => keyHeaders(generateSecret('kw', 'live'))],
    ['a disabled key', '', ({ disabled }) => keyHeaders(disabled)],
    ['an expired key', '', ({ expired }) => keyHeaders(expired)],
    ['another address', '', ({ elsewhere }) => keyHeaders(elsewhere)],
    ['another environment', 'environment=live', ({ test }) => keyHeaders(test)],
    ['a missing permission', 'permission=orders.read', ({ bare }) => keyHeaders(bare)],
    ['missing alternatives', 'any_permission=orders.read', ({ bare }) => keyHeaders(bare)],
    [
      'two keys',
      '',
      ({ bare, test }) => [
        ['X-API-Key', bare],
        ['Authorization', `Bearer ${test}`],
      ],
    ],
    [
      'two keys in one header',
      '',
      ({ bare, test }) => [
        ['X-API-Key', bare],
        ['X-API-Key', test],
      ],
    ],
  ])('answers %s like /verify', async (_title, query, headersOf) => {
    const { url, organizationId } = await api({
      ...(query.startsWith('permission') && { permissions: () => ['orders.read'] }),
      ...(query.startsWith('any') && { anyPermissions: ['orders.read'] }),
      ...(query.startsWith('env') && { environment: 'LIVE' as const }),
    });
    const headers = headersOf(await keys(server(), organizationId));
    const [own, gateway] = [await send(url, headers), await atGateway(query, headers)];
    expect(own.status).toBeGreaterThanOrEqual(400);
    expect(refusalIn(own)).toEqual(refusalIn(gateway));
  });

  it('reads the address behind trusted proxies only', async () => {
    const direct = await api();
    const { secret } = await makeApiKey(server(), direct.organizationId, { ipAllowlist: ['192.0.2.0/24'] });
    const headers = [...keyHeaders(secret), ['X-Forwarded-For', '192.0.2.7']] as const;
    expect((await send(direct.url, headers)).status).toBe(403);
    const behind = (await startApi(direct.verifier, { trustedProxies: ['127.0.0.0/8'] })) + path;
    expect((await send(behind, headers)).status).toBe(200);
    const forged = [...keyHeaders(secret), ['X-Forwarded-For', '192.0.2.7, 203.0.113.9']] as const;
    expect((await send(behind, forged)).status).toBe(403);
    const own = (await startApi(direct.verifier, { ip: () => '192.0.2.8' })) + path;
    expect((await send(own, keyHeaders(secret))).status).toBe(200);
  });

  it('lets preflights pass only if it is told to', async () => {
    const { url, verifier } = await api();
    const preflight = [
      ['Origin', 'https://app.example.com'],
      ['Access-Control-Request-Method', 'POST'],
    ] as const;
    expect((await send(url, preflight, 'OPTIONS')).status).toBe(401);
    const open = (await startApi(verifier, { preflight: true })) + path;
    expect((await send(open, preflight, 'OPTIONS')).status).not.toBe(401);
    expect((await send(open, [], 'OPTIONS')).status).toBe(401);
    expect((await send(open, preflight, 'GET')).status).toBe(401);
  });

  it('answers 503 if it can’t decide, and 500 for requirements that are not valid', async () => {
    const { url, verifier, organizationId } = await api();
    const { secret } = await makeApiKey(server(), organizationId);
    const faulty = (await startApi(verifier, { permissions: ['not a permission'] })) + path;
    expect((await send(faulty, keyHeaders(secret))).status).toBe(500);
    const reasons: string[] = [];
    const onUnavailable = ({ message }: Error) => void reasons.push(message);
    const logging = (await startApi(verifier, { onUnavailable })) + path;
    await verifier.stop();
    for (const stopped of [url, logging]) {
      const { status, headers, body } = await send(stopped, keyHeaders(secret));
      expect([status, headers['retry-after'], JSON.parse(body).code]).toEqual([503, '1', 'UNAVAILABLE']);
    }
    expect(reasons).toEqual(['The verifier is stopped']);
  });
});

/** Secrets of keys that are rejected for different reasons. */
async function keys(server: TestServer, organizationId: string) {
  const make = async (input: Parameters<typeof makeApiKey>[2]) =>
    (await makeApiKey(server, organizationId, input)).secret;
  return {
    bare: await make({}),
    disabled: await disabledKey(server, organizationId),
    expired: await make({ expiresAt: server.clock.now() + 1 }).finally(() => server.clock.advance(1_000)),
    elsewhere: await make({ ipAllowlist: ['203.0.113.0/24'] }),
    test: await make({ environment: 'test' }),
  };
}

async function disabledKey(server: TestServer, organizationId: string): Promise<string> {
  const { id, secret } = await makeApiKey(server, organizationId);
  await updateApiKey(contextFor(server.services, systemPrincipal('test')), { id, enabled: false });
  return secret;
}
