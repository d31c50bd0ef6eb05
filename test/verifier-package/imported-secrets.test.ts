import { expect, it } from 'vitest';
import { VerifierUnavailableError } from '../../packages/verifier/src/verifier-unavailable-error.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { importApiKeys } from '../../src/keys/import/import-api-keys.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { HASHES } from '../keys/import/hashes.ts';
import { foreignKey, foreignSecret } from '../keys/import/imports.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeApiKey, serverOn } from '../support/server.ts';
import { contextFor, keyCaller } from '../support/services.ts';
import { connectVerifier, makeVerifyingOrganization } from '../support/verifier-client.ts';
import { eventually } from '../support/wait.ts';

onEachDatabase('a verifier and imported secrets', (engine) => {
  const server = serverOn(engine);
  const admin = () => contextFor(server().services, systemPrincipal('test'));

  async function imported(algorithm: 'SHA256' | 'SHA512' | 'BCRYPT' | 'ARGON2ID') {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const secret = foreignSecret();
    const key = foreignKey(secret, {
      ...(algorithm !== 'SHA256' && { algorithm, hash: await HASHES[algorithm](secret) }),
      ...((algorithm === 'BCRYPT' || algorithm === 'ARGON2ID') && { start: secret.slice(0, 12) }),
    });
    const { result } = await importApiKeys(admin(), { organizationId, keys: [key] });
    const verifier = await connectVerifier(server().url, token);
    return { secret, organizationId, verifier, id: result.apiKeyIds[0] ?? '' };
  }

  // The first two tests: forms of imported secrets are never forgotten.
  it('denies unknown secrets of another format like verifyApiKey, before and after an import', async () => {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const verifier = await connectVerifier(server().url, token);
    const gateway = contextFor(server().services, keyCaller(organizationId, ['api.key.verify']));
    const compare = async (): Promise<string> => {
      const secret = foreignSecret();
      const { code, message } = await verifyApiKey(gateway, { key: secret });
      expect(await verifier.verify(secret)).toMatchObject({ code, message });
      return code;
    };
    expect(await compare()).toBe('MALFORMED');
    await importApiKeys(admin(), { organizationId, keys: [foreignKey(foreignSecret())] });
    expect(await compare()).toBe('NOT_FOUND');
  });

  it('verifies those by SHA-256, of any format', async () => {
    const { secret, verifier, id } = await imported('SHA256');
    expect(await verifier.verify(secret)).toMatchObject({ valid: true, apiKey: { id }, source: 'server' });
    expect(await verifier.verify(secret)).toMatchObject({ valid: true, source: 'memory' });
    await revokeApiKey(admin(), { id });
    expect(await verifier.verify(secret)).toMatchObject({ code: 'REVOKED' });
  });

  it.each(['SHA512', 'BCRYPT', 'ARGON2ID'] as const)(
    'verifies those by %s, and watches them',
    async (algorithm) => {
      const { secret, verifier, id, organizationId } = await imported(algorithm);
      expect(await verifier.verify(`${secret}x`)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await verifier.verify(secret, { permissions: ['orders.read'] })).toMatchObject({
        code: 'INSUFFICIENT_PERMISSIONS',
      });
      const verdict = await verifier.verify(secret, { organizationId });
      expect(verdict).toMatchObject({ valid: true, source: 'server', apiKey: { id, organizationId } });
      expect(await verifier.verify(secret)).toMatchObject({ valid: true, source: 'memory' });
      const codes: string[] = [];
      verifier.onInvalid(verdict, (code) => void codes.push(code));
      await revokeApiKey(admin(), { id });
      await eventually(() => codes.length > 0);
      expect(codes).toEqual(['REVOKED']);
      expect(await verifier.verify(secret)).toMatchObject({ code: 'REVOKED' });
    },
  );

  it('verifies other keys while a client sends many unknown secrets', async () => {
    const { verifier, organizationId } = await imported('SHA512');
    const hot = await makeApiKey(server(), organizationId);
    await verifier.verify(hot.secret);
    let isOver = false;
    const flood = Array.from({ length: 300 }, async () => {
      while (!isOver)
        await verifier.verify(foreignSecret(), { ip: '198.51.100.1' }).catch((error: unknown) => {
          expect(error).toBeInstanceOf(VerifierUnavailableError);
        });
    });
    for (let round = 0; round < 5; round += 1) {
      const rateLimit = { limit: 1_000, windowSeconds: 60 };
      const cold = await makeApiKey(server(), organizationId, { rateLimit });
      expect(await verifier.verify(cold.secret)).toMatchObject({ valid: true });
      expect(await verifier.verify(hot.secret)).toMatchObject({ valid: true });
      await eventually(() => verifier.status().connected);
    }
    isOver = true;
    await Promise.all(flood);
  });

  it('verifies many at the same time, each once', async () => {
    const { secret, verifier, organizationId } = await imported('SHA512');
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => verifier.verify(secret)));
    expect(verdicts.map(({ code }) => code)).toEqual(Array.from({ length: 50 }, () => 'VALID'));
    const gateway = contextFor(server().services, keyCaller(organizationId, ['api.key.verify']));
    expect(await verifyApiKey(gateway, { key: secret })).toMatchObject({ code: 'VALID' });
  });
});
