import { get } from 'node:http';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/core/config/config.ts';
import { openLiveSocket } from '../support/live-socket.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../support/server.ts';

const alone = serverOn('sqlite');
const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' });
const behindProxy = serverOn('sqlite', { config: { trustedProxies } });

async function keyFor(server: ReturnType<typeof alone>, ipAllowlist: string[]): Promise<string> {
  const { organizationId } = await makeMember(server);
  return (await makeApiKey(server, organizationId, { grants: ['*'], ipAllowlist })).secret;
}

async function statusOf(server: ReturnType<typeof alone>, token: string, headers: Record<string, string>) {
  return (await ask(server, '{ __typename }', { token, headers })).status;
}

test('nobody gets into an allowlist by a header where no proxy is trusted', async () => {
  const token = await keyFor(alone(), ['198.51.100.7']);
  for (const [header, value] of [
    ['X-Forwarded-For', '198.51.100.7'],
    ['X-Forwarded-For', '198.51.100.7, 127.0.0.1'],
    ['Forwarded', 'for=198.51.100.7'],
    ['X-Real-IP', '198.51.100.7'],
    ['CF-Connecting-IP', '198.51.100.7'],
  ] as const)
    expect([header, await statusOf(alone(), token, { [header]: value })]).toEqual([header, 401]);
  expect(await statusOf(alone(), await keyFor(alone(), ['127.0.0.1']), {})).toBe(200);
});

test('behind a trusted proxy the address is the one that it saw, not one that was forged to its left', async () => {
  const token = await keyFor(behindProxy(), ['198.51.100.7']);
  const forwarded = (value: string) => statusOf(behindProxy(), token, { 'X-Forwarded-For': value });
  expect(await forwarded('198.51.100.7')).toBe(200);
  expect(await forwarded('203.0.113.1, 198.51.100.7, 10.1.2.3')).toBe(200);
  expect(await forwarded('198.51.100.7, 203.0.113.1')).toBe(401);
  expect(await forwarded('198.51.100.7, nonsense')).toBe(401);
});

test.each(['unknown', '198.51.100.7, unknown', '198.51.100.7, _hidden', '198.51.100.7,', ''])(
  'the proxy’s own address lets nobody in whom it can’t name: %j',
  async (chain) => {
    const token = await keyFor(behindProxy(), ['127.0.0.1', '10.0.0.0/8', '198.51.100.7']);
    const headers = { 'X-Forwarded-For': chain };
    expect(await statusOf(behindProxy(), token, headers)).toBe(401);
    const verified = await fetch(`${behindProxy().url}/verify`, {
      headers: { ...headers, Authorization: `Bearer ${token}` },
    });
    expect([verified.status, verified.headers.get('x-keywright-code')]).toEqual([403, 'IP_NOT_ALLOWED']);
    const socket = await openLiveSocket(behindProxy(), { headers });
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    expect((await socket.closed).code).toBe(4401);
  },
);

test('a chain in several headers is one chain', async () => {
  const token = await keyFor(behindProxy(), ['198.51.100.7']);
  const ask = (...chains: string[]) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'X-Forwarded-For': chains, Authorization: `Bearer ${token}` };
      get(`${behindProxy().url}/verify`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
  expect(await ask('203.0.113.1, 198.51.100.7', '10.0.0.2')).toBe(200);
  expect(await ask('198.51.100.7', '203.0.113.1')).toBe(403);
  expect(await ask('198.51.100.7', 'unknown')).toBe(403);
});

test('what can’t be known is told as such: the audit log has no address', async () => {
  const { sessionToken: token } = await makeMember(behindProxy());
  const headers = { 'X-Forwarded-For': 'unknown' };
  await ask(behindProxy(), 'mutation { createApiKey(input: { name: "A" }) { __typename } }', {
    token,
    headers,
  });
  const query = '{ organization { auditLog(first: 1) { nodes { action ip } } } }';
  const { data } = await ask(behindProxy(), query, { token });
  expect(data.organization.auditLog.nodes).toEqual([{ action: 'api_key.created', ip: null }]);
});

test('the audit log and the key’s last use have the client’s address', async () => {
  const { sessionToken } = await makeMember(behindProxy());
  const headers = { 'X-Forwarded-For': '2001:DB8::7', 'User-Agent': 'a browser' };
  const create =
    'mutation { createApiKey(input: { name: "A" }) { ... on CreateApiKeyPayload { apiKey { id } } } }';
  await ask(behindProxy(), create, { token: sessionToken, headers });
  const query = '{ organization { auditLog(first: 1) { nodes { action ip userAgent } } } }';
  const { data } = await ask(behindProxy(), query, { token: sessionToken });
  expect(data.organization.auditLog.nodes).toEqual([
    { action: 'api_key.created', ip: '2001:db8::7', userAgent: 'a browser' },
  ]);
});
