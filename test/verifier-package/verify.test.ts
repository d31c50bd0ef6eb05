import { expect, it } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, serverOn } from '../support/server.ts';
import { connectVerifier, makeVerifyingOrganization } from '../support/verifier-client.ts';

const REVOKE = `mutation ($id: ID!) {
  revokeApiKey(input: { id: $id }) {
    ... on RevokeApiKeyPayload { propagation { confirmedNodes totalNodes } }
  }
}`;

onEachDatabase('a verifier', (engine) => {
  const server = serverOn(engine);

  it('verifies from memory what it has seen before', async () => {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const verifier = await connectVerifier(server().url, token);
    const key = await makeApiKey(server(), organizationId, { externalId: 'customer-42' });
    const first = await verifier.verify(key.secret);
    expect(first).toMatchObject({ valid: true, code: 'VALID', source: 'server' });
    expect(first.apiKey).toMatchObject({ id: key.id, organizationId, externalId: 'customer-42' });
    expect(await verifier.verify(` ${key.secret}\n`)).toMatchObject({ valid: true, source: 'memory' });
    expect(verifier.status()).toMatchObject({ connected: true, keys: 1, hits: 1, misses: 1 });
  });

  it('rejects a key once its revocation was answered', async () => {
    const { token, organizationId, sessionToken } = await makeVerifyingOrganization(server());
    const verifier = await connectVerifier(server().url, token);
    for (let round = 0; round < 20; round += 1) {
      const key = await makeApiKey(server(), organizationId);
      await verifier.verify(key.secret);
      expect(await verifier.verify(key.secret)).toMatchObject({ valid: true, source: 'memory' });
      const { data } = await ask(server(), REVOKE, { token: sessionToken, variables: { id: key.id } });
      expect(data.revokeApiKey.propagation).toMatchObject({ confirmedNodes: 2, totalNodes: 2 });
      expect(await verifier.verify(key.secret)).toMatchObject({ valid: false, code: 'REVOKED' });
    }
  });
});
