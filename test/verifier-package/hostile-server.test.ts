import { expect, it } from 'vitest';
import { VerifierUnavailableError } from '../../packages/verifier/src/verifier-unavailable-error.ts';
import { generateSecret, hashSecret } from '../../src/keys/secret.ts';
import { type Behavior, type Json, KEY, startFake } from '../support/fake-verifier-server.ts';
import { openVerifier } from '../support/verifier-client.ts';
import { eventually } from '../support/wait.ts';

const inKey = (fields: Json): Behavior => ({
  keys: ({ results, ...rest }) => ({
    ...rest,
    results: results.map((one) => ({ ...one, apiKey: { ...KEY, ...fields } })),
  }),
});

it('accepts a key by an honest fake, so that the others test what they say', async () => {
  const { url } = await startFake({});
  const verifier = openVerifier(url, 'token');
  await verifier.ready();
  const secret = generateSecret('kw', 'live');
  expect(await verifier.verify(secret, { permissions: ['orders.read'] })).toMatchObject({ valid: true });
  expect(await verifier.verify(secret)).toMatchObject({ valid: true, source: 'memory' });
});

it.each<[string, Behavior]>([
  ['a welcome without a stream', { welcome: ({ stream: _, ...event }) => event }],
  ['a welcome with another number', { welcome: (event) => ({ ...event, number: 2 }) }],
  ['a welcome that renews without a pause', { welcome: (event) => ({ ...event, renewMs: 0 }) }],
  [
    'a lease before the welcome',
    { welcome: () => ({ __typename: 'VerifierLease', number: 1, nonce: 'a', leaseMs: 1, serverTime: 1 }) },
  ],
  ['an event of no type', { welcome: () => ({ number: 1 }) }],
  ['no event', { welcome: () => null }],
  ['no JSON', { welcome: () => '{' }],
  ['a lease of text', { lease: (event) => ({ ...event, leaseMs: '3000' }) }],
  ['an endless lease', { lease: (event) => ({ ...event, leaseMs: null }) }],
  ['a lease with a number that is left out', { lease: (event) => ({ ...event, number: 3 }) }],
  ['a lease with a number that is repeated', { lease: (event) => ({ ...event, number: 1 }) }],
])('disconnects after %s', async (_title, behavior) => {
  const { url } = await startFake(behavior);
  const reasons: string[] = [];
  const verifier = openVerifier(url, 'token', {
    onDisconnect: ({ message }) => reasons.push(message),
    timeoutMs: 500,
  });
  await eventually(() => reasons.length > 0);
  await expect(verifier.verify(generateSecret('kw', 'live'))).rejects.toBeInstanceOf(
    VerifierUnavailableError,
  );
  expect(verifier.status()).toMatchObject({ connected: false, keys: 0 });
});

it.each<[string, Behavior]>([
  ['with another nonce', { lease: (event) => ({ ...event, nonce: 'aaaaaaaaaaaaaaaaaaaaaaaa' }) }],
  ['that is reset at once', { afterLease: [{ __typename: 'VerifierReset', number: 3 }] }],
])('holds no lease %s', async (_title, behavior) => {
  const { url } = await startFake(behavior);
  const verifier = openVerifier(url, 'token', { timeoutMs: 500 });
  const secret = generateSecret('kw', 'live');
  for (let round = 0; round < 3; round += 1)
    expect(await verifier.verify(secret)).toMatchObject({ valid: true, source: 'server' });
  expect(verifier.status()).toMatchObject({ connected: false, leaseMs: 0 });
});

it.each<[string, Behavior]>([
  ['no results', { keys: ({ results: _, ...rest }) => ({ ...rest, results: [] }) }],
  ['two results', { keys: ({ results, ...rest }) => ({ ...rest, results: [...results, ...results] }) }],
  ['nothing', { keys: () => null }],
  ['an error', { keys: () => undefined }],
  ['a flag of text', inKey({ revoked: 'false' })],
  ['no flag', inKey({ enabled: undefined })],
  ['an allowlist that is no list', inKey({ ipAllowlist: null })],
  ['a network that is none', inKey({ ipAllowlist: ['everywhere'] })],
  ['an expiry of text', inKey({ expiresAt: '2999-01-01' })],
  ['an environment that is none', inKey({ environment: 'live' })],
  ['a limit of nothing', inKey({ rateLimit: { limit: 0, windowSeconds: 1 } })],
  ['a sequence that is none', inKey({ sequence: -1 })],
  ['permissions that are no texts', inKey({ permissions: [1] })],
])('rejects a key that the server describes by %s', async (_title, behavior) => {
  const { url } = await startFake(behavior);
  const verifier = openVerifier(url, 'token', { timeoutMs: 500 });
  await verifier.ready();
  const secret = generateSecret('kw', 'live');
  for (let round = 0; round < 2; round += 1) {
    await expect(verifier.verify(secret)).rejects.toBeInstanceOf(VerifierUnavailableError);
  }
});

it('cuts a batch of usage that the server refuses, and drops what it refuses in the end', async () => {
  const secrets = Array.from({ length: 12 }, () => generateSecret('kw', 'live'));
  const refused = hashSecret(secrets[7] ?? '');
  const recorded: string[] = [];
  let last = 0;
  const { url, connections } = await startFake({
    report({ uses, batch }) {
      if (uses?.some(({ hash }) => hash === refused))
        return [{ message: 'input.uses: no', extensions: { code: 'BAD_USER_INPUT' } }];
      if (batch === last + 1) {
        last = batch;
        for (const { hash, count } of uses ?? []) recorded.push(`${hash} ${count}`);
      }
      return { batch: last, slices: [] };
    },
  });
  const verifier = openVerifier(url, 'token');
  await verifier.ready();
  await Promise.all([...secrets, ...secrets].map((secret) => verifier.verify(secret)));
  await eventually(() => recorded.length >= 11 && verifier.status().lostUses > 0);
  expect(verifier.status().lostUses).toBe(2);
  const others = secrets.map((secret) => `${hashSecret(secret)} 2`).filter((one) => !one.startsWith(refused));
  expect([...recorded].sort()).toEqual([...others].sort());
  expect(connections()).toBe(1);
});

it('asks for few unknown secrets at a time, and rejects what would wait, but nothing else', async () => {
  const answers: ((code: string) => void)[] = [];
  const known = generateSecret('kw', 'live');
  let isKnown = true;
  const { url } = await startFake({
    keys: ({ results, ...rest }) => ({
      ...rest,
      otherHashes: true,
      results: results.map((one) => (isKnown ? one : { ...one, apiKey: null })),
    }),
    verify: (answer) => void answers.push(answer),
  });
  const verifier = openVerifier(url, 'token');
  await verifier.ready();
  await verifier.verify(known);
  isKnown = false;
  const unknown = Array.from({ length: 300 }, () => generateSecret('kw', 'live'));
  let rejected = 0;
  const codes: string[] = [];
  const all = unknown.map((secret) =>
    verifier.verify(secret).then(
      ({ code }) => codes.push(code),
      (error) => {
        expect(error).toBeInstanceOf(VerifierUnavailableError);
        rejected += 1;
      },
    ),
  );
  await eventually(() => rejected > 0 && answers.length > 0);
  expect(answers.length).toBeLessThanOrEqual(8);
  expect(rejected).toBeGreaterThanOrEqual(200);
  expect(await verifier.verify(known)).toMatchObject({ valid: true, source: 'memory' });
  await eventually(() => {
    for (const answer of answers.splice(0)) answer('NOT_FOUND');
    return codes.length + rejected === unknown.length;
  });
  await Promise.all(all);
  expect(new Set(codes)).toEqual(new Set(['NOT_FOUND']));
});

it('remembers for a second that a secret is unknown', async () => {
  let asked = 0;
  const { url } = await startFake({
    keys: ({ results, ...rest }) => ({
      ...rest,
      otherHashes: true,
      results: results.map((one) => ({ ...one, apiKey: null })),
    }),
    verify: (answer) => {
      asked += 1;
      answer('NOT_FOUND');
    },
  });
  const verifier = openVerifier(url, 'token');
  await verifier.ready();
  const secret = generateSecret('kw', 'live');
  await verifier.verify(secret);
  expect(await verifier.verify(secret)).toMatchObject({ code: 'NOT_FOUND' });
  expect(asked).toBe(1);
  await eventually(async () => {
    await verifier.verify(secret);
    return asked > 1;
  });
});
