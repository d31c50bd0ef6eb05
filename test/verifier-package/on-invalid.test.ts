import { expect, it } from 'vitest';
import type { InvalidCode, Verdict } from '../../packages/verifier/src/types.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeApiKey, serverOn } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { connectVerifier, makeVerifyingOrganization, shortLeases } from '../support/verifier-client.ts';
import { eventually } from '../support/wait.ts';

/** What a callback was called with, and a promise that resolves with the first code. */
function watcher() {
  const codes: InvalidCode[] = [];
  return { codes, callback: (code: InvalidCode) => void codes.push(code) };
}

onEachDatabase('onInvalid', (engine) => {
  const server = serverOn(engine, shortLeases());
  const admin = () => contextFor(server().services, systemPrincipal('test'));

  async function connected(input: Parameters<typeof makeApiKey>[2] = {}) {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const proxy = await openProxy(Number(new URL(server().url).port));
    const verifier = await connectVerifier(proxy.through(server().url), token);
    const key = await makeApiKey(server(), organizationId, { grants: ['orders.read'], ...input });
    const requirements = { permissions: ['orders.read'], ip: '192.0.2.1' };
    const verdict = await verifier.verify(key.secret, requirements);
    expect(verdict.code).toBe('VALID');
    return { verifier, proxy, key, organizationId, verdict, requirements };
  }

  it.each<[InvalidCode, Partial<Parameters<typeof updateApiKey>[1]> | null]>([
    ['REVOKED', null],
    ['DISABLED', { enabled: false }],
    ['INSUFFICIENT_PERMISSIONS', { grants: ['orders.write'] }],
    ['IP_NOT_ALLOWED', { ipAllowlist: ['203.0.113.0/24'] }],
  ])('calls back once with %s before the change is answered', async (code, edit) => {
    const { verifier, verdict, key } = await connected();
    const { codes, callback } = watcher();
    verifier.onInvalid(verdict, callback);
    if (edit) await updateApiKey(admin(), { id: key.id, ...edit });
    else await revokeApiKey(admin(), { id: key.id });
    // Acknowledged after the callback, unless that took longer than 100 ms on a busy machine.
    await eventually(() => codes.length > 0);
    await updateApiKey(admin(), { id: (await connected()).key.id, name: 'Another' });
    expect(codes).toEqual([code]);
  });

  it('doesn’t call back for a change that leaves the key valid, and not after it was released', async () => {
    const { verifier, verdict, key } = await connected();
    const [watching, released] = [watcher(), watcher()];
    verifier.onInvalid(verdict, watching.callback);
    verifier.onInvalid(verdict, released.callback)();
    await updateApiKey(admin(), { id: key.id, name: 'Renamed', grants: ['orders.read', 'orders.write'] });
    await revokeApiKey(admin(), { id: key.id });
    await eventually(() => watching.codes.length > 0);
    expect([watching.codes, released.codes]).toEqual([['REVOKED'], []]);
  });

  it('calls back for a key that was revoked between its verdict and the registration', async () => {
    const { verifier, verdict, key } = await connected();
    await revokeApiKey(admin(), { id: key.id });
    const { codes, callback } = watcher();
    verifier.onInvalid(verdict, callback);
    expect(codes).toEqual([]);
    await eventually(() => codes.length > 0);
    expect(codes).toEqual(['REVOKED']);
  });

  it('calls back for a denied verdict, and rejects objects that are no verdicts', async () => {
    const { verifier, key } = await connected();
    const denied = await verifier.verify(key.secret, { permissions: ['orders.delete'] });
    const { codes, callback } = watcher();
    verifier.onInvalid(denied, callback);
    await eventually(() => codes.length > 0);
    expect(codes).toEqual(['INSUFFICIENT_PERMISSIONS']);
    expect(() => verifier.onInvalid({ valid: true, code: 'VALID' } as Verdict, callback)).toThrow(TypeError);
    for (const nothing of [undefined, null, 'close'])
      expect(() => verifier.onInvalid(denied, nothing as unknown as typeof callback)).toThrow(TypeError);
  });

  it('leaves room for other work if a callback registers itself again', async () => {
    const { verifier, verdict, key } = await connected();
    const denied = await verifier.verify(key.secret, { permissions: ['orders.delete'] });
    const calls = { valid: 0, denied: 0 };
    let done = false;
    const register = (which: keyof typeof calls, of: Verdict): void => {
      if (done) return;
      verifier.onInvalid(of, () => {
        calls[which] += 1;
        register(which, of);
      });
    };
    register('valid', verdict);
    register('denied', denied);
    await revokeApiKey(admin(), { id: key.id });
    await eventually(() => calls.valid > 2 && calls.denied > 2);
    done = true;
  });

  it('calls all callbacks, whatever they throw or reject with', async () => {
    const { verifier, verdict, key } = await connected();
    const { codes, callback } = watcher();
    verifier.onInvalid(verdict, () => {
      throw new Error('A mistake');
    });
    verifier.onInvalid(verdict, async () => {
      throw new Error('Another one');
    });
    verifier.onInvalid(verdict, callback);
    await revokeApiKey(admin(), { id: key.id });
    await eventually(() => codes.length > 0);
    expect(codes).toEqual(['REVOKED']);
  });

  it('calls back when the key expires, by the server’s clock, and not early for a time far ahead', async () => {
    const soon = await connected({ expiresAt: server().clock.now() + 3_000 });
    const far = await connected({ expiresAt: server().clock.now() + 40 * 86_400_000 });
    const [first, second] = [watcher(), watcher()];
    soon.verifier.onInvalid(soon.verdict, first.callback);
    far.verifier.onInvalid(far.verdict, second.callback);
    expect(first.codes).toEqual([]);
    server().clock.advance(3_000);
    await eventually(() => first.codes.length > 0);
    expect([first.codes, second.codes]).toEqual([['EXPIRED'], []]);
  });

  it('calls back for a revocation that was missed while disconnected, and not for an intact key', async () => {
    const { verifier, verdict, key, proxy, organizationId, requirements } = await connected();
    const other = await makeApiKey(server(), organizationId, { grants: ['orders.read'] });
    const [lost, intact] = [watcher(), watcher()];
    verifier.onInvalid(verdict, lost.callback);
    verifier.onInvalid(await verifier.verify(other.secret, requirements), intact.callback);
    proxy.cut();
    await revokeApiKey(admin(), { id: key.id });
    expect(lost.codes).toEqual([]);
    proxy.mend();
    await eventually(() => lost.codes.length > 0);
    expect(lost.codes).toEqual(['REVOKED']);
    await revokeApiKey(admin(), { id: other.id });
    await eventually(() => intact.codes.length > 0);
    expect(intact.codes).toEqual(['REVOKED']);
  });

  it.each(['cut', 'swallow'] as const)('gives up after disconnectedMs, if it is told to: %s', async (how) => {
    const { verifier, verdict, proxy, key } = await connected();
    const [bounded, waiting] = [watcher(), watcher()];
    verifier.onInvalid(verdict, bounded.callback, { disconnectedMs: 100 });
    verifier.onInvalid(verdict, waiting.callback);
    proxy[how]();
    await eventually(() => bounded.codes.length > 0);
    expect([bounded.codes, waiting.codes]).toEqual([['UNAVAILABLE'], []]);
    await revokeApiKey(admin(), { id: key.id });
    proxy.mend();
    await eventually(() => waiting.codes.length > 0);
    expect([bounded.codes, waiting.codes]).toEqual([['UNAVAILABLE'], ['REVOKED']]);
  });

  it('watches 1,000 verdicts of two keys with few look-ups, and calls back for exactly those of one', async () => {
    const { verifier, key, verdict, organizationId, requirements } = await connected();
    const other = await makeApiKey(server(), organizationId, { grants: ['orders.read'] });
    const verdicts = [verdict, await verifier.verify(other.secret, requirements)] as const;
    const watchers = Array.from({ length: 1_000 }, watcher);
    for (const [index, { callback }] of watchers.entries())
      verifier.onInvalid(index % 2 === 0 ? verdicts[0] : verdicts[1], callback);
    const { misses } = verifier.status();
    await revokeApiKey(admin(), { id: key.id });
    await eventually(() => watchers.filter(({ codes }) => codes.length > 0).length === 500);
    // One for each watcher would be hundreds. On a busy machine, a lease may end meanwhile, and all keys are looked up again.
    expect(verifier.status().misses - misses).toBeLessThan(10);
    for (const [index, { codes }] of watchers.entries())
      expect(codes).toEqual(index % 2 === 0 ? ['REVOKED'] : []);
  });
});
