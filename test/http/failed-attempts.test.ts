import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/core/config/config.ts';
import { cookieName } from '../../src/http/auth/cookies.ts';
import { generateSecret } from '../../src/keys/secret.ts';
import { newToken, OPERATOR_PREFIX, SESSION_PREFIX } from '../../src/sessions/tokens.ts';
import { onEachDatabase } from '../support/databases.ts';
import { openLiveSocket } from '../support/live-socket.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken, serverOn } from '../support/server.ts';

const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: '127.0.0.1' });

let addresses = 0;

/** An address that nobody has tried anything from. */
function freshAddress(): string {
  addresses += 1;
  return `198.51.100.${addresses}`;
}

onEachDatabase('the limit on failed attempts', (engine) => {
  const server = serverOn(engine, { config: { trustedProxies, verifyFailuresPerMinute: 5 } });

  const query = (ip: string, credential: Record<string, string>) =>
    ask(server(), '{ viewer { actor { __typename } } }', {
      headers: { 'X-Forwarded-For': ip, ...credential },
    });

  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

  const verify = (ip: string, secret: string) =>
    fetch(`${server().url}/verify`, { headers: { 'X-Forwarded-For': ip, ...bearer(secret) } });

  const signIn = (ip: string, token: string) => {
    const mutation = 'mutation ($token: String!) { signIn(input: { token: $token }) { __typename } }';
    return ask(server(), mutation, { variables: { token }, headers: { 'X-Forwarded-For': ip } });
  };

  const connect = async (ip: string, token: string) => {
    const socket = await openLiveSocket(server(), { headers: { 'X-Forwarded-For': ip } });
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    return (await socket.closed).code;
  };

  /** Fails as often as an address may, at /verify. */
  const useUp = async (ip: string) => {
    for (let time = 0; time < 5; time += 1) expect((await verify(ip, 'hello')).status).toBe(401);
  };

  describe('counts at every door:', () => {
    const key = () => generateSecret('kw', 'live');
    const page = { 'X-Requested-With': 'keywright' };
    const doors: [string, (ip: string) => Promise<number>, number, number][] = [
      ['a key at /verify', async (ip) => (await verify(ip, key())).status, 401, 429],
      ['a key at /graphql', async (ip) => (await query(ip, bearer(key()))).status, 401, 429],
      ['X-API-Key at /graphql', async (ip) => (await query(ip, { 'X-API-Key': key() })).status, 401, 429],
      [
        'no credential at all',
        async (ip) => (await query(ip, { Authorization: 'Bearer {}' })).status,
        401,
        429,
      ],
      ['a session', async (ip) => (await query(ip, bearer(newToken(SESSION_PREFIX)))).status, 401, 429],
      [
        'an operator token',
        async (ip) => (await query(ip, bearer(newToken(OPERATOR_PREFIX)))).status,
        401,
        429,
      ],
      [
        'a cookie',
        async (ip) => {
          const cookie = `${cookieName(server().url)}=${newToken(SESSION_PREFIX)}`;
          const answer = await query(ip, { ...page, Cookie: cookie });
          expect(answer.headers.get('set-cookie')).toContain('Max-Age=0');
          return answer.status;
        },
        401,
        429,
      ],
      ['a sign-in link', async (ip) => (await signIn(ip, newToken(''))).status, 200, 429],
      ['what is no sign-in link', async (ip) => (await signIn(ip, 'hello')).status, 200, 429],
      ['a WebSocket', (ip) => connect(ip, key()), 4401, 1013],
      ['what is no credential, on a WebSocket', (ip) => connect(ip, '{}'), 4401, 1013],
    ];

    test.each(doors)('%s', async (_name, attempt, refused, limited) => {
      const ip = freshAddress();
      for (let time = 0; time < 5; time += 1) expect(await attempt(ip)).toBe(refused);
      expect(await attempt(ip)).toBe(limited);
      // One budget for all doors.
      expect((await verify(ip, 'hello')).status).toBe(429);
      expect((await verify(freshAddress(), 'hello')).status).toBe(401);
    });
  });

  test('says when to come back, and leaves a valid credential alone at every door', async () => {
    const ip = freshAddress();
    const { organizationId, sessionToken } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId, { grants: ['*'] });
    const operator = await makeOperatorToken(server(), `back-end-${engine}`);
    await useUp(ip);
    const refused = await query(ip, bearer(newToken(SESSION_PREFIX)));
    expect(refused.errors[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds: 60 });
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'retry-after': '60',
      'ratelimit-policy': '"failures";q=5;w=60',
      ratelimit: '"failures";r=0;t=60',
    });
    for (const token of [secret, sessionToken, operator])
      expect((await query(ip, bearer(token))).status).toBe(200);
    expect((await verify(ip, secret)).status).toBe(200);
    const socket = await openLiveSocket(server(), { headers: { 'X-Forwarded-For': ip } });
    await socket.init(secret);
    server().clock.advance(60_000);
    expect((await query(ip, bearer(newToken(SESSION_PREFIX)))).status).toBe(401);
  });

  test('is not used up by requests without a credential', async () => {
    const ip = freshAddress();
    for (let time = 0; time < 7; time += 1) expect((await query(ip, {})).status).toBe(401);
    expect((await verify(ip, 'hello')).status).toBe(401);
  });

  test('is one for all clients whom a proxy can not name', async () => {
    for (const unknown of ['unknown', '_a', '_b', '', 'unknown']) await verify(unknown, 'hello');
    expect((await verify('_c', 'hello')).status).toBe(429);
    expect((await query('unknown', bearer('hello'))).status).toBe(429);
    server().clock.advance(60_000);
  });

  describe('at verifyApiKey', () => {
    const verifyFor = async (token: string, key: string, ip: string | null) => {
      const mutation = `mutation ($input: VerifyApiKeyInput!) {
        verifyApiKey(input: $input) { valid code remaining resetAt apiKey { id } } }`;
      const { data } = await ask(server(), mutation, { token, variables: { input: { key, ip } } });
      return data.verifyApiKey;
    };

    test('counts by the address that the caller gives, and tells no more than that', async () => {
      const ip = freshAddress();
      const { organizationId, sessionToken } = await makeMember(server());
      const { secret, id } = await makeApiKey(server(), organizationId);
      const { secret: expired } = await makeApiKey(server(), organizationId, {
        expiresAt: server().clock.now() + 1_000,
      });
      const operator = await makeOperatorToken(server(), `verifier-${engine}`);
      server().clock.advance(1_000);
      for (const token of [sessionToken, operator]) {
        const codes = [];
        for (let time = 0; time < 6; time += 1) codes.push((await verifyFor(token, 'hello', ip)).code);
        expect(codes).toEqual([...Array.from({ length: 5 }, () => 'MALFORMED'), 'RATE_LIMITED']);
        const resetAt = new Date(server().clock.now() + 60_000).toISOString();
        const limited = { valid: false, code: 'RATE_LIMITED', remaining: 0, resetAt, apiKey: null };
        for (const key of ['hello', generateSecret('kw', 'live'), expired])
          expect(await verifyFor(token, key, ip)).toEqual(limited);
        expect(await verifyFor(token, secret, ip)).toMatchObject({ code: 'VALID', apiKey: { id } });
      }
      // The address itself has tried nothing here, and may fail on its own account.
      expect((await verify(ip, 'hello')).status).toBe(401);
    });

    test('never locks out a back end with many clients', async () => {
      const { organizationId, sessionToken } = await makeMember(server());
      const { secret } = await makeApiKey(server(), organizationId);
      const operator = await makeOperatorToken(server(), `gateway-${engine}`);
      for (let index = 0; index < 40; index += 1) {
        expect((await verifyFor(sessionToken, 'hello', `203.0.113.${index}`)).code).toBe('MALFORMED');
        expect((await verifyFor(sessionToken, 'hello', null)).code).toBe('MALFORMED');
        expect((await verifyFor(operator, 'hello', null)).code).toBe('MALFORMED');
      }
      expect((await verifyFor(sessionToken, secret, '203.0.113.1')).code).toBe('VALID');
      // Nor does it count against the back end's own address.
      expect((await query('127.0.0.1', bearer(sessionToken))).status).toBe(200);
    });
  });
});
