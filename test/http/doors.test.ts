import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/core/config/config.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../support/server.ts';

const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' });

onEachDatabase('the same secret from the same address at /verify and verifyApiKey', (engine) => {
  const server = serverOn(engine, { config: { trustedProxies } });

  async function keyWith(ipAllowlist: string[] = []) {
    const { organizationId, sessionToken } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId, { ipAllowlist });
    const byGraphQL = async (key: string, ip: string | null = null) => {
      const query = 'mutation ($input: VerifyApiKeyInput!) { verifyApiKey(input: $input) { code } }';
      const { data, errors } = await ask(server(), query, {
        token: sessionToken,
        variables: { input: { key, ip } },
      });
      return data?.verifyApiKey?.code ?? errors[0]?.extensions.code;
    };
    const byHeaders = async (headers: Record<string, string>) => {
      const response = await fetch(`${server().url}/verify`, { headers });
      return response.status === 200 ? 'VALID' : response.headers.get('x-keywright-code');
    };
    return { secret, byGraphQL, byHeaders };
  }

  describe('surrounded by', () => {
    test.each([
      ['nothing', '', '', 'VALID'],
      ['spaces', '  ', '   ', 'VALID'],
      ['tabs', '\t', ' \t', 'VALID'],
      // What is no space in ASCII is a part of the secret, and no secret has it.
      ['no-break spaces', '\u00a0', '\u00a0', 'MALFORMED'],
      ['quotes', '"', '"', 'MALFORMED'],
    ])('%s', async (_name, before, after, code) => {
      const { secret, byGraphQL, byHeaders } = await keyWith();
      const presented = `${before}${secret}${after}`;
      expect([
        await byGraphQL(presented),
        await byHeaders({ Authorization: `Bearer ${presented}` }),
        await byHeaders({ 'X-API-Key': presented }),
      ]).toEqual([code, code, code]);
    });
  });

  test('a line end, which no header can carry, is taken off as well', async () => {
    const { secret, byGraphQL } = await keyWith();
    expect(await byGraphQL(`${secret}\r\n`)).toBe('VALID');
    expect(await byGraphQL(`${secret}\n${secret}`)).toBe('MALFORMED');
  });

  test.each([
    '198.51.100.7',
    '198.51.100.7:4711',
    '"198.51.100.7:4711"',
    ' 198.51.100.7 ',
    '::ffff:198.51.100.7',
    '[::ffff:198.51.100.7]:443',
    '2001:db8::7',
    '[2001:db8::7]:443',
    '[2001:db8::7]',
    '2001:DB8:0::7%eth0',
  ])('an address is one however it is written: %j', async (ip) => {
    const { secret, byGraphQL, byHeaders } = await keyWith(['198.51.100.7', '2001:db8::7']);
    const elsewhere = await keyWith(['192.0.2.1']);
    const headers = { 'X-Forwarded-For': ip };
    expect([
      await byGraphQL(secret, ip),
      await byHeaders({ ...headers, 'X-API-Key': secret }),
      await elsewhere.byGraphQL(elsewhere.secret, ip),
      await elsewhere.byHeaders({ ...headers, 'X-API-Key': elsewhere.secret }),
    ]).toEqual(['VALID', 'VALID', 'IP_NOT_ALLOWED', 'IP_NOT_ALLOWED']);
  });

  test.each([
    'unknown',
    '198.51.100.7:',
    '198.51.100.7, 198.51.100.7',
    '[198.51.100.7]:80',
    `::${'%'.repeat(200_000)}\n`,
  ])('what is no address is told to a program that gives it: %#', async (ip) => {
    const { secret, byGraphQL } = await keyWith(['198.51.100.7', '::']);
    expect(await byGraphQL(secret, ip)).toBe('BAD_USER_INPUT');
  });
});
