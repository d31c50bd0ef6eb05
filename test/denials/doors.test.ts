import { expect, test } from 'vitest';
import { hashSecret } from '../../src/keys/secret.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../support/server.ts';
import { holdingVerifier } from '../support/verifier.ts';

const DENIALS = `query ($filter: DenialFilter, $first: Int, $after: String) { organization { denials(filter: $filter, first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } nodes { occurredAt code apiKey { id name } ip count } } } }`;

interface Node {
  readonly code: string;
  readonly apiKey: { readonly id: string } | null;
  readonly ip: string | null;
  readonly count: number;
}

onEachDatabase('denials at a server', (engine) => {
  const server = serverOn(engine);

  test('are recorded by every door', async () => {
    const { sessionToken: token, organizationId } = await makeMember(server());
    const { id, secret } = await makeApiKey(server(), organizationId);
    const gateway = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const read = async (variables: Record<string, unknown> = {}) => {
      const { data, errors } = await ask(server(), DENIALS, { token, variables });
      expect(errors).toEqual([]);
      return data.organization.denials;
    };
    const { url } = server();
    // `/verify`.
    await fetch(`${url}/verify?permission=a.b`, { headers: { 'X-API-Key': secret } });
    const unknown = `${url}/verify?organization=${organizationId}`;
    await fetch(unknown, { headers: { 'X-API-Key': 'guess' } });
    // Without a name, it is nobody's.
    await fetch(`${url}/verify`, { headers: { 'X-API-Key': 'other' } });
    // `verifyApiKey`.
    const verify = `mutation ($input: VerifyApiKeyInput!) { verifyApiKey(input: $input) { code } }`;
    const input = { key: secret, environment: 'TEST', ip: '192.0.2.3' };
    await ask(server(), verify, { token: gateway.secret, variables: { input } });
    // Introspection.
    const body = new URLSearchParams({ token: 'nothing' });
    await fetch(`${url}/introspect`, {
      ...{ method: 'POST', body },
      headers: { Authorization: `Bearer ${gateway.secret}` },
    });
    // An embedded verifier.
    const verifier = await holdingVerifier(server(), gateway.secret, secret);
    const at = server().clock.now();
    const denials = [
      { hash: hashSecret(secret), code: 'RATE_LIMITED', count: 4, at, ip: '192.0.2.4' },
      { hash: null, code: 'NOT_FOUND', count: 3, at, ip: '192.0.2.5' },
    ];
    expect(await verifier.report({ batch: 1, denials })).toMatchObject({ batch: 1 });
    expect(await verifier.report({ batch: 1, denials })).toMatchObject({ batch: 1 });

    const { nodes, totalCount } = await read();
    const found = new Map((nodes as Node[]).map((node) => [`${node.code} ${node.apiKey?.id ?? '-'}`, node]));
    expect(found.get(`INSUFFICIENT_PERMISSIONS ${id}`)).toMatchObject({ count: 1 });
    expect(found.get(`WRONG_ENVIRONMENT ${id}`)).toMatchObject({ ip: '192.0.2.3', count: 1 });
    expect(found.get(`RATE_LIMITED ${id}`)).toMatchObject({ ip: '192.0.2.4', count: 4 });
    expect(found.get('NOT_FOUND -')).toMatchObject({ ip: '192.0.2.5', count: 3 });
    const malformed = (nodes as Node[]).filter(({ code }) => code === 'MALFORMED');
    expect(malformed.reduce((sum, { count }) => sum + count, 0)).toBe(2);
    expect(totalCount).toBe(nodes.length);
    const times = (nodes as { occurredAt: string }[]).map(({ occurredAt }) => occurredAt);
    expect(times).toEqual(times.toSorted().reverse());

    const page = await read({ first: 2 });
    expect(page.pageInfo.hasNextPage).toBe(true);
    const rest = await read({ first: 50, after: page.pageInfo.endCursor });
    expect([...page.nodes, ...rest.nodes]).toEqual(nodes);
    const filter = { apiKeyId: id, codes: ['RATE_LIMITED'], ip: '192.0.2.4' };
    expect((await read({ filter })).nodes).toHaveLength(1);
  });
});
