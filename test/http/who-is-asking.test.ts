import { describe, expect, test } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken, serverOn } from '../support/server.ts';

const WHO = `{ viewer { actor { __typename ... on User { id } ... on ApiKey { id } ... on SystemActor { name } } } }`;

const MUTATION = 'mutation { createApiKey(input: { name: "A key" }) { __typename } }';

onEachDatabase('who is asking', (engine) => {
  const server = serverOn(engine);

  async function countKeys(): Promise<number> {
    const row = await server()
      .services.db.selectFrom('api_keys')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(row.count);
  }

  /** Whatever was wrong with the credential: nothing ran, and the answer says no more than that. */
  async function expectRefused(answer: Awaited<ReturnType<typeof ask>>): Promise<void> {
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(answer.errors.map((error) => error.extensions)).toEqual([{ code: 'UNAUTHENTICATED' }]);
    expect(answer.data).toBeUndefined();
  }

  test('nobody may ask what needs no credential', async () => {
    const answer = await ask(server(), '{ __typename __schema { queryType { name } } }');
    expect([answer.status, answer.errors]).toEqual([200, []]);
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });

  test('nobody is asked for a credential where a field needs one', async () => {
    for (const query of [WHO, '{ __typename apiKeys { nodes { id } } }', MUTATION]) {
      const answer = await ask(server(), query);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(answer.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
      const values = Object.entries(answer.data ?? {}).filter(([name]) => name !== '__typename');
      expect(values.filter(([, value]) => value !== null)).toEqual([]);
    }
  });

  test('a session is a user', async () => {
    const { userId, sessionToken } = await makeMember(server());
    const { status, data } = await ask(server(), WHO, { token: sessionToken });
    expect([status, data.viewer.actor]).toEqual([200, { __typename: 'User', id: userId }]);
  });

  test('an operator token is a system actor', async () => {
    const token = await makeOperatorToken(server(), `billing-${engine}`);
    const { data } = await ask(server(), WHO, { token });
    expect(data.viewer.actor).toEqual({ __typename: 'SystemActor', name: `operator:billing-${engine}` });
  });

  test('an API key is itself, in either header', async () => {
    const { organizationId } = await makeMember(server());
    const { id, secret } = await makeApiKey(server(), organizationId, { grants: ['*'] });
    const actor = { __typename: 'ApiKey', id };
    const bearer = await ask(server(), WHO, { token: secret });
    expect(bearer.data.viewer.actor).toEqual(actor);
    const header = await ask(server(), WHO, { headers: { 'X-API-Key': secret } });
    expect(header.data.viewer.actor).toEqual(actor);
    const both = await ask(server(), WHO, { token: secret, headers: { 'X-API-Key': secret } });
    expect(both.data.viewer.actor).toEqual(actor);
    const lowerCase = await ask(server(), WHO, { headers: { Authorization: `bearer  ${secret}` } });
    expect(lowerCase.data.viewer.actor).toEqual(actor);
  });

  test('a permission that is missing is named, and the other fields still answer', async () => {
    const { sessionToken, organizationId } = await makeMember(server(), { role: 'member' });
    const query = `query ($id: ID) { apiKeys { totalCount } organization(id: $id) { name auditLog { totalCount } } }`;
    const options = { token: sessionToken, variables: { id: organizationId } };
    const { status, data, errors } = await ask(server(), query, options);
    expect(status).toBe(200);
    expect(data).toEqual({ apiKeys: { totalCount: 0 }, organization: { name: 'Acme', auditLog: null } });
    expect(errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', permission: 'audit.view' });
    const mutation = await ask(server(), MUTATION, { token: sessionToken });
    expect(mutation.errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', permission: 'api.key.create' });
    expect(mutation.status).toBe(200);
  });

  describe('a credential that is not accepted is refused before anything runs', () => {
    test.each([
      ['an unknown session', `Bearer sess_${'A'.repeat(43)}`],
      ['an unknown operator token', `Bearer kwop_${'A'.repeat(43)}`],
      ['an unknown key', 'Bearer kw_live_00000000000000000000000000000000000000'],
      ['something else', 'Bearer hello'],
      ['no token at all', 'Bearer'],
      ['two tokens', 'Bearer one two'],
      ['another scheme', 'Basic dXNlcjpwYXNzd29yZA=='],
      ['nothing', ''],
      ['something long', `Bearer ${'x'.repeat(5_000)}`],
    ])('%s', async (_name, authorization) => {
      await expectRefused(
        await ask(server(), '{ __typename }', { headers: { Authorization: authorization } }),
      );
    });

    test.each([
      ['a session', `sess_${'A'.repeat(43)}`],
      ['an operator token', `kwop_${'A'.repeat(43)}`],
      ['a key with two parts', 'kw_live_0000 0000'],
      ['nothing', ''],
    ])('%s in X-API-Key', async (_name, value) => {
      await expectRefused(await ask(server(), '{ __typename }', { headers: { 'X-API-Key': value } }));
    });

    test('a valid session in X-API-Key, which is for keys', async () => {
      const { sessionToken } = await makeMember(server());
      await expectRefused(await ask(server(), WHO, { headers: { 'X-API-Key': sessionToken } }));
    });

    test('a key that was revoked, was disabled, has expired, or is not for this address', async () => {
      const { organizationId, sessionToken } = await makeMember(server());
      const expiresAt = server().clock.now() + 1_000;
      const revoked = await makeApiKey(server(), organizationId, { grants: ['*'] });
      const disabled = await makeApiKey(server(), organizationId, { grants: ['*'] });
      const expiring = await makeApiKey(server(), organizationId, { grants: ['*'], expiresAt });
      const elsewhere = await makeApiKey(server(), organizationId, {
        grants: ['*'],
        ipAllowlist: ['198.51.100.0/24'],
      });
      const change = `mutation ($revoke: ID!, $disable: ID!) {
        revokeApiKey(input: { id: $revoke }) { __typename }
        updateApiKey(input: { id: $disable, enabled: false }) { __typename }
      }`;
      const variables = { revoke: revoked.id, disable: disabled.id };
      const changed = await ask(server(), change, { token: sessionToken, variables });
      expect(changed.errors).toEqual([]);
      expect((await ask(server(), WHO, { token: expiring.secret })).status).toBe(200);
      server().clock.set(expiresAt);
      const before = await countKeys();
      for (const { secret } of [revoked, disabled, expiring, elsewhere])
        await expectRefused(await ask(server(), MUTATION, { token: secret }));
      expect(await countKeys()).toBe(before);
    });

    test('a session that was signed out, was idle for 12 hours, or is 30 days old', async () => {
      const signedOut = await makeMember(server());
      const answer = await ask(server(), 'mutation { signOut { signedOut } }', {
        token: signedOut.sessionToken,
      });
      expect(answer.data.signOut.signedOut).toBe(true);
      await expectRefused(await ask(server(), WHO, { token: signedOut.sessionToken }));
      const idle = await makeMember(server());
      server().clock.advance(12 * 3_600_000);
      await expectRefused(await ask(server(), WHO, { token: idle.sessionToken }));
    });
  });

  test('a credential that ends while the body is still on its way is refused', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const { id, secret } = await makeApiKey(server(), organizationId, { grants: ['*'] });
    const body = JSON.stringify({ query: '{ apiKeys { totalCount } }' });
    const { request } = await import('node:http');
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${secret}` };
    const asking = request(`${server().url}/graphql`, { method: 'POST', headers });
    const status = new Promise((resolve, reject) => {
      asking.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
    await new Promise<void>((resolve) => {
      asking.write(body.slice(0, 5), () => resolve());
    });
    const revoke = 'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }';
    await ask(server(), revoke, { token: sessionToken, variables: { id } });
    asking.end(body.slice(5));
    expect(await status).toBe(401);
  });

  test('no answer repeats a secret that stood in the wrong place', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId);
    const query = 'mutation ($input: VerifyApiKeyInput!) { verifyApiKey(input: $input) { code } }';
    const { errors } = await ask(server(), query, { token, variables: { input: { key: secret, no: 1 } } });
    expect(errors[0]?.message).toContain('Variable "$input" got an invalid value');
    expect(JSON.stringify(errors)).not.toContain(secret);
  });

  test('next to a key, a token of another form is for the API behind a gateway, and ignored', async () => {
    const { organizationId } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId);
    for (const foreign of [`Bearer ${'a'.repeat(2_000)}.b.c`, 'Bearer hello', 'Basic YTpi', 'Bearer', '']) {
      const headers = { 'X-API-Key': secret, Authorization: foreign };
      const { status, errors } = await ask(server(), '{ __typename }', { headers });
      expect([status, errors]).toEqual([200, []]);
      await expectRefused(
        await ask(server(), '{ __typename }', { headers: { ...headers, 'X-API-Key': 'hello' } }),
      );
    }
    for (const own of [`sess_${'A'.repeat(43)}`, `kwop_${'A'.repeat(43)}`, secret.replace(/.{4}$/, 'AAAA')]) {
      const headers = { 'X-API-Key': secret, Authorization: `Bearer ${own}` };
      expect((await ask(server(), '{ __typename }', { headers })).status).toBe(400);
    }
  });

  test('two credentials that disagree, or a header that repeats, are no credential at all: 400', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId);
    const headers = { 'Content-Type': 'application/json', 'X-Requested-With': 'keywright' };
    const other = `sess_${'B'.repeat(43)}`;
    const sent: [string, string][][] = [
      [
        ['Authorization', `Bearer ${sessionToken}`],
        ['X-API-Key', secret],
      ],
      [
        ['Authorization', `Bearer ${sessionToken}`],
        ['Authorization', `Bearer ${other}`],
      ],
      [
        ['X-API-Key', secret],
        ['X-API-Key', secret],
      ],
    ];
    for (const pairs of sent) {
      const { status, body } = await sendRaw(server().url, [...Object.entries(headers), ...pairs]);
      expect([status, body.errors?.[0]?.extensions?.code]).toEqual([400, 'BAD_REQUEST']);
    }
  });
});

/** What `fetch` can't: headers that repeat. */
async function sendRaw(url: string, headers: readonly (readonly [string, string])[]) {
  const { request } = await import('node:http');
  return new Promise<{ status: number; body: { errors?: { extensions?: { code?: string } }[] } }>(
    (resolve, reject) => {
      const asking = request(`${url}/graphql`, { method: 'POST' }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
      });
      const grouped = new Map<string, string[]>();
      for (const [name, value] of headers) grouped.set(name, [...(grouped.get(name) ?? []), value]);
      for (const [name, values] of grouped)
        asking.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
      asking.on('error', reject).end(JSON.stringify({ query: '{ __typename }' }));
    },
  );
}
