import { expect, it, onTestFinished } from 'vitest';
import { checkOptions } from '../../packages/verifier/src/options.ts';
import { EmbeddedVerifier } from '../../packages/verifier/src/verifier.ts';
import { VerifierUnavailableError } from '../../packages/verifier/src/verifier-unavailable-error.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeApiKey, serverOn } from '../support/server.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { makeVerifyingOrganization, shortLeases } from '../support/verifier-client.ts';
import { eventually } from '../support/wait.ts';

const HOUR_MS = 3_600_000;

onEachDatabase('a verifier whose clock is set', (engine) => {
  const server = serverOn(engine, shortLeases());

  async function connected(input: Parameters<typeof makeApiKey>[2] = {}) {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const proxy = await openProxy(Number(new URL(server().url).port));
    const clock = { step: 0 };
    const clocks = { monotonic: () => performance.now(), wall: () => Date.now() + clock.step };
    const options = checkOptions({ url: proxy.through(server().url), token, timeoutMs: 1_000 });
    const verifier = new EmbeddedVerifier(options, clocks);
    onTestFinished(() => verifier.stop());
    await verifier.ready();
    const { secret } = await makeApiKey(server(), organizationId, input);
    await verifier.verify(secret);
    expect(await verifier.verify(secret)).toMatchObject({ valid: true, source: 'memory' });
    return { clock, proxy, verifier, secret };
  }

  it('forward asks the server until the next lease', async () => {
    const { clock, verifier, secret } = await connected();
    clock.step = HOUR_MS;
    expect(verifier.status()).toMatchObject({ connected: false, leaseMs: 0 });
    expect(await verifier.verify(secret)).toMatchObject({ valid: true, source: 'server' });
    await eventually(() => verifier.status().connected);
    expect(await verifier.verify(secret)).toMatchObject({ valid: true, source: 'memory' });
  });

  it('back has no lease for longer than before', async () => {
    const { clock, proxy, verifier, secret } = await connected();
    clock.step = -HOUR_MS;
    expect(await verifier.verify(secret)).toMatchObject({ valid: true, source: 'memory' });
    proxy.swallow();
    await eventually(() => !verifier.status().connected);
    await expect(verifier.verify(secret)).rejects.toBeInstanceOf(VerifierUnavailableError);
  });

  it.each([-2 * HOUR_MS, 2 * HOUR_MS])(
    'by %d ms compares expiries with the time of the server',
    async (step) => {
      const { clock, verifier, secret } = await connected({ expiresAt: server().clock.now() + HOUR_MS });
      clock.step = step;
      await eventually(() => verifier.status().connected);
      expect(await verifier.verify(secret)).toMatchObject({ valid: true, source: 'memory' });
      server().clock.advance(HOUR_MS);
      await eventually(async () => (await verifier.verify(secret)).code === 'EXPIRED');
      expect(await verifier.verify(secret)).toMatchObject({ code: 'EXPIRED', source: 'memory' });
    },
  );
});
