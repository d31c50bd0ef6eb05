import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createVerifier, type Verifier } from '../../packages/verifier/src/index.ts';
import { EmbeddedRequest } from '../../packages/verifier/src/requirements.ts';
import { systemClock } from '../../src/core/clock.ts';
import { storedNetwork } from '../../src/core/ip.ts';
import { hashSecret } from '../../src/keys/secret.ts';
import { inProcessRateLimiter } from '../../src/verification/rate-limit.ts';
import type { VerifiableKey } from '../../src/verification/services.ts';
import { type Needs, verifySecret } from '../../src/verification/verify.ts';
import { answerTo, cpuMs, now } from '../rpc.ts';

/** What every verification requires: a permission that the role grants, and an address on the key's allowlist. */
const REQUIREMENTS = { permissions: ['prompt.render'], ip: '127.0.0.1' };

/** How many verifications run before the event loop has a turn. */
const TURN = 500;

/** How long to wait until hardly any verification asks the server, milliseconds. */
const WARM_UP_MAX_MS = 30_000;

let verifier: Verifier;
let secrets: readonly string[] = [];
const notifiedAt = new Map<string, number>();

/** Runs `once` for one secret after the other. Resolves with the rate per second of CPU time: that of one core. */
async function loop(ms: number, once: (secret: string) => unknown): Promise<number> {
  const start = performance.now();
  const worked = cpuMs();
  let done = 0;
  let at = 0;
  while (performance.now() - start < ms) {
    for (let turn = 0; turn < TURN; turn += 1) {
      const result = once(secrets[at] ?? '');
      if (result instanceof Promise) await result;
      at = at + 1 < secrets.length ? at + 1 : 0;
    }
    done += TURN;
    await new Promise((next) => setImmediate(next));
  }
  return (done * 1_000) / (cpuMs() - worked);
}

/** Verifies for a while, and resolves with the share of verifications for which the server was asked. */
async function shareOfServer(ms: number): Promise<number> {
  let [asked, done] = [0, 0];
  await loop(ms, async (secret) => {
    const { valid, code, source } = await verifier.verify(secret, REQUIREMENTS);
    if (!valid) throw new Error(`A key is not accepted: ${code}`);
    if (source === 'server') asked += 1;
    done += 1;
  });
  return asked / done;
}

answerTo({
  async connect({ url, token }: { url: string; token: string }): Promise<void> {
    verifier = createVerifier({ url, token, name: 'bench', timeoutMs: 30_000 });
    await verifier.ready();
  },

  use({ path, count }: { path: string; count: number }): void {
    secrets = readFileSync(path, 'latin1').split('\n').slice(0, count);
  },

  /** `verify` of cached keys. */
  async verify({ ms }: { ms: number }) {
    // Rate limits are used by slices, which grow with the use: until hardly any verification waits for one.
    const until = performance.now() + WARM_UP_MAX_MS;
    let waited = Number.POSITIVE_INFINITY;
    while (waited > 0.001 && performance.now() < until) waited = await shareOfServer(ms);
    const before = verifier.status();
    const rate = await loop(ms, (secret) => verifier.verify(secret, REQUIREMENTS));
    const { hits, misses } = verifier.status();
    return { rate, waited, hits: hits - before.hits, misses: misses - before.misses };
  },

  /** Only the hash. */
  hash: ({ ms }: { ms: number }) => loop(ms, (secret) => hashSecret(secret)),

  /** The core without a package around it: keys in a map, limits and usage counted in memory. */
  core({ ms }: { ms: number }): Promise<number> {
    const keys = new Map(secrets.map((secret, index) => [hashSecret(secret), keyOf(index)]));
    const uses = new Map<string, number>();
    const needs = {
      keys: {
        withKey: <T>(hash: string, use: (key: VerifiableKey | null, sequence: number) => T) =>
          use(keys.get(hash) ?? null, 1),
      },
      clock: systemClock,
      usage: {
        accepted: ({ keyId }: { keyId: string }) => void uses.set(keyId, (uses.get(keyId) ?? 0) + 1),
        denied: () => {},
      },
      limiter: inProcessRateLimiter(systemClock),
      imported: { mayBeForeign: () => false },
    } as unknown as Needs;
    return loop(ms, (secret) => {
      const verdict = verifySecret(needs, new EmbeddedRequest(secret, REQUIREMENTS));
      if (!('code' in verdict) || verdict.code !== 'VALID') throw new Error('A key is not accepted');
    });
  },

  /** Registers a callback for each of these keys. */
  async watch({ keys }: { keys: readonly { id: string; secret: string }[] }): Promise<void> {
    for (const { id, secret } of keys) {
      const verdict = await verifier.verify(secret, { ip: '127.0.0.1' });
      if (!verdict.valid) throw new Error(`A key is not accepted: ${verdict.code}`);
      verifier.onInvalid(verdict, () => void notifiedAt.set(id, now()));
    }
  },

  /** When the callbacks were called, once all of them were. */
  async notified({ ids }: { ids: readonly string[] }): Promise<[string, number][]> {
    while (ids.some((id) => !notifiedAt.has(id))) await pause(5);
    return ids.map((id) => [id, notifiedAt.get(id) ?? Number.NaN]);
  },

  status: () => verifier.status(),
  memory: () => {
    for (let times = 0; times < 5; times += 1) globalThis.gc?.();
    return process.memoryUsage.rss() / 1e6;
  },
  stop: () => verifier.stop(),
});

function keyOf(index: number): VerifiableKey {
  return {
    keyId: `key_${index}`,
    secretId: `sec_${index}`,
    organizationId: 'org',
    environment: 'live',
    permissions: ['prompt.read', 'prompt.render'],
    roleName: 'member',
    teamIds: [],
    externalId: `customer-${index}`,
    allowlist: ['127.0.0.0/8', '10.0.0.0/8'].map(storedNetwork),
    rateLimit: { limit: 1_000_000_000, windowSeconds: 60 },
    enabled: true,
    revoked: false,
    expiresAt: Number.MAX_SAFE_INTEGER,
    keyExpiresAt: Number.MAX_SAFE_INTEGER,
  };
}
