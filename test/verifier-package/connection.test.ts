import { expect, it, onTestFinished } from 'vitest';
import { VerifierUnavailableError } from '../../packages/verifier/src/verifier-unavailable-error.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { generateSecret } from '../../src/keys/secret.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import { makeApiKey, serverOn, startTestServer } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import {
  connectVerifier,
  makeVerifyingOrganization,
  openVerifier,
  shortLeases,
} from '../support/verifier-client.ts';
import { eventually } from '../support/wait.ts';

onEachDatabase('the connection of a verifier', (engine) => {
  const server = serverOn(engine, shortLeases());
  const admin = () => contextFor(server().services, systemPrincipal('test'));

  async function connected() {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const proxy = await openProxy(Number(new URL(server().url).port));
    const verifier = await connectVerifier(proxy.through(server().url), token, { timeoutMs: 1_000 });
    const key = await makeApiKey(server(), organizationId);
    expect((await verifier.verify(key.secret)).code).toBe('VALID');
    return { token, organizationId, proxy, verifier, key };
  }

  it('is half open: it stops verifying from memory when its lease ends, which the revocation waits for', async () => {
    const { proxy, verifier, key } = await connected();
    proxy.swallow();
    let isAnswered = false;
    const revoking = revokeApiKey(admin(), { id: key.id }).finally(() => {
      isAnswered = true;
    });
    let accepted = 0;
    for (;;) {
      const startedAfterAnswer = isAnswered;
      const outcome = await verifier.verify(key.secret).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(VerifierUnavailableError);
        break;
      }
      expect([startedAfterAnswer, outcome]).toMatchObject([false, { source: 'memory' }]);
      accepted += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(accepted).toBeGreaterThan(0);
    await revoking;
    proxy.mend();
    await eventually(() => verifier.status().connected);
    expect(await verifier.verify(key.secret)).toMatchObject({ code: 'REVOKED' });
  });

  it('is cut: it reconnects with an empty cache', async () => {
    const { proxy, verifier, key } = await connected();
    proxy.cut();
    await eventually(() => !verifier.status().connected);
    expect(verifier.status()).toMatchObject({ keys: 0, leaseMs: 0 });
    await expect(verifier.verify(key.secret)).rejects.toBeInstanceOf(VerifierUnavailableError);
    await revokeApiKey(admin(), { id: key.id });
    proxy.mend();
    await eventually(() => verifier.status().connected);
    expect(await verifier.verify(key.secret)).toMatchObject({ code: 'REVOKED', source: 'server' });
  });

  it('verifies while answers are delayed by longer than a renewal', async () => {
    const { proxy, verifier, key } = await connected();
    proxy.delayAnswers(300);
    for (let round = 0; round < 3; round += 1) expect((await verifier.verify(key.secret)).valid).toBe(true);
    await eventually(() => verifier.status().connected);
    expect((await verifier.verify(key.secret)).source).toBe('memory');
  });

  it('is lost with its server, and returns with the next one', async () => {
    const { url: databaseUrl, drop } = await createTestDatabaseUrl(engine);
    onTestFinished(() => drop());
    const first = await startTestServer(engine, { ...shortLeases(), databaseUrl });
    const { token, organizationId } = await makeVerifyingOrganization(first);
    const key = await makeApiKey(first, organizationId);
    const port = Number(new URL(first.url).port);
    const reasons: string[] = [];
    const verifier = await connectVerifier(first.url, token, {
      onDisconnect: ({ message }) => reasons.push(message),
    });
    expect((await verifier.verify(key.secret)).valid).toBe(true);
    await first.close();
    await eventually(() => reasons.length > 1);
    await expect(verifier.verify(key.secret)).rejects.toBeInstanceOf(VerifierUnavailableError);
    const { config } = shortLeases();
    const second = await startTestServer(engine, { config: { ...config, port }, databaseUrl });
    onTestFinished(() => second.close());
    await eventually(() => verifier.status().connected);
    expect((await verifier.verify(key.secret)).valid).toBe(true);
  });

  it('says why its token is rejected, and does not try again at once', async () => {
    const { organizationId, sessionToken } = await makeVerifyingOrganization(server());
    const { secret: useless } = await makeApiKey(server(), organizationId);
    for (const [token, message] of [
      [`${sessionToken}x`, /rejected the token: it is unknown, revoked or expired/],
      [useless, /rejected the token: The permission api\.key\.verify is required/],
    ] as const) {
      let tokens = 0;
      const verifier = openVerifier(server().url, () => {
        tokens += 1;
        return token;
      });
      await expect(verifier.ready()).rejects.toThrow(message);
      await expect(verifier.ready()).rejects.toBeInstanceOf(VerifierUnavailableError);
      const { secret } = await makeApiKey(server(), organizationId);
      await expect(verifier.verify(secret)).rejects.toThrow(message);
      expect(tokens).toBe(1);
    }
  });

  it('asks for the token for each connection', async () => {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const { secret: next, id } = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const tokens = [token, next];
    const asked: string[] = [];
    const proxy = await openProxy(Number(new URL(server().url).port));
    const verifier = openVerifier(proxy.through(server().url), async () => {
      const one = tokens[Math.min(asked.length, 1)] ?? '';
      asked.push(one);
      return one;
    });
    await verifier.ready();
    proxy.cut();
    proxy.mend();
    await eventually(() => asked.length > 1 && verifier.status().connected);
    expect(asked).toEqual([token, next]);
    // The credential of the stream is revoked.
    await revokeApiKey(admin(), { id });
    await eventually(() => !verifier.status().connected);
    const { secret } = await makeApiKey(server(), organizationId);
    await expect(verifier.verify(secret)).rejects.toBeInstanceOf(VerifierUnavailableError);
  });

  it('is not waited for by ready and verify for longer than they are told to', async () => {
    const { proxy, token, key } = await connected();
    proxy.swallow();
    const verifier = openVerifier(proxy.through(server().url), token, { timeoutMs: 200 });
    await expect(verifier.ready()).rejects.toBeInstanceOf(VerifierUnavailableError);
    await expect(verifier.verify(key.secret)).rejects.toBeInstanceOf(VerifierUnavailableError);
    expect(await verifier.verify('malformed')).toMatchObject({ code: 'MALFORMED' });
    await verifier.stop();
    await expect(verifier.verify(key.secret)).rejects.toThrow('stopped');
    await expect(verifier.ready()).rejects.toThrow('stopped');
  });

  it('keeps its lease and acknowledges at once while it looks up unknown keys without a pause', async () => {
    const { verifier, organizationId } = await connected();
    let isOver = false;
    let lookedUp = 0;
    const flood = async () => {
      while (!isOver) {
        await verifier.verify(generateSecret('kw', 'live'));
        lookedUp += 1;
      }
    };
    const floods = Array.from({ length: 4 }, flood);
    for (let round = 0; round < 10; round += 1) {
      const { id, secret } = await makeApiKey(server(), organizationId);
      expect((await verifier.verify(secret)).valid).toBe(true);
      const { propagation } = await revokeApiKey(admin(), { id });
      expect(propagation).toMatchObject({ confirmedNodes: propagation.totalNodes });
      expect((await verifier.verify(secret)).code).toBe('REVOKED');
      await eventually(() => lookedUp > (round + 1) * 40);
    }
    expect(verifier.status().connected).toBe(true);
    isOver = true;
    await Promise.all(floods);
  });
});
