import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ForbiddenError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKeySecret } from '../../src/keys/revoke-api-key-secret.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { GRANULARITIES, type Granularity, startOf } from '../../src/usage/granularity.ts';
import { createUsageRecorder } from '../../src/usage/recorder.ts';
import { usageOfSecret } from '../../src/usage/secret-report.ts';
import type { UsageBucket } from '../../src/usage/usage-range.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../support/properties.ts';
import { contextFor, keyCaller, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Date.UTC(2030, 0, 10, 23, 55);

const STEP = fc.oneof(
  { weight: 5, arbitrary: fc.record({ use: fc.nat({ max: 9 }), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ deny: fc.nat({ max: 9 }) }) },
  { weight: 3, arbitrary: fc.record({ advance: fc.constantFrom(5, 20_000, MINUTE_MS, 20 * MINUTE_MS) }) },
  { weight: 2, arbitrary: fc.record({ flush: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ rotate: fc.constantFrom(0, 60, 86_400) }) },
);

onEachDatabase('usage of a secret', (engine) => {
  const services = servicesOn(engine);

  async function made(teamIds: readonly string[] = []) {
    services().clock.set(START);
    const { ctx, organization } = await makeOrganization(services());
    const { apiKey, secret } = (await createApiKey(ctx, { name: 'A', teamIds: [...teamIds] })).result;
    const { id } = await ctx.db
      .selectFrom('api_key_secrets')
      .select('id')
      .where('api_key_id', '=', apiKey.id)
      .executeTakeFirstOrThrow();
    return { ctx, organizationId: organization.id, keyId: apiKey.id, secretId: id, secret };
  }

  async function newestOf(keyId: string): Promise<string> {
    const secrets = services().db.selectFrom('api_key_secrets').select('id').where('api_key_id', '=', keyId);
    return (await secrets.where('replaced_at', 'is', null).executeTakeFirstOrThrow()).id;
  }

  test('is that of the key until the key is rotated, and then its own', async () => {
    const { ctx, keyId, secretId, secret } = await made();
    const use = async (key: string, at: number, times: number) => {
      services().clock.set(at);
      for (let done = 0; done < times; done += 1) await verifyApiKey(ctx, { key });
    };
    await use(secret, START, 3);
    services().clock.set(START + 1_000);
    const rotated = (await rotateApiKey(ctx, { id: keyId, overlapSeconds: 3_600 })).result;
    const next = await newestOf(keyId);
    await use(secret, START + 2_000, 2);
    await use(rotated.secret, START + 3_000, 4);
    await use(rotated.secret, START + 30 * MINUTE_MS, 1);
    // It has expired, which counts for it alone.
    await use(secret, START + 2 * HOUR_MS, 5);
    const hours = (id: string) => usageOfSecret(ctx, id, { granularity: 'hour' });
    const [first, second, last] = [0, 1, 2].map((hour) => startOf('hour', START) + hour * HOUR_MS);
    expect(await hours(secretId)).toEqual([
      { start: first, verified: 5, denied: 0 },
      { start: last, verified: 0, denied: 5 },
    ]);
    expect(await hours(next)).toEqual([
      { start: first, verified: 4, denied: 0 },
      { start: second, verified: 1, denied: 0 },
    ]);
    await revokeApiKeySecret(ctx, { id: next });
    await use(rotated.secret, START + 2 * HOUR_MS + 1, 2);
    expect((await hours(next)).at(-1)).toEqual({ start: last, verified: 0, denied: 2 });
    expect((await hours(secretId)).at(-1)).toEqual({ start: last, verified: 0, denied: 5 });
  });

  test('is counted exactly by two writers that write late, through any rotations', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 5, maxLength: 30 }), async (steps) => {
        const { ctx, organizationId, keyId, secretId } = await made();
        const recorders = [0, 1].map(() => createUsageRecorder(services(), 60_000));
        const secrets = [secretId];
        const counted: { secretId: string; at: number; verified: number; denied: number }[] = [];
        for (const [index, step] of steps.entries()) {
          const at = services().clock.now();
          const ids = (place: number) => {
            const id = secrets[secrets.length - 1 - (place % secrets.length)] ?? secretId;
            return { organizationId, keyId, secretId: id, at, ip: null };
          };
          if ('use' in step) {
            for (let done = 0; done < step.count; done += 1) recorders[index % 2]?.accepted(ids(step.use));
            counted.push({ secretId: ids(step.use).secretId, at, verified: step.count, denied: 0 });
          }
          if ('deny' in step) {
            recorders[index % 2]?.denied({ ...ids(step.deny), code: 'DISABLED' });
            counted.push({ secretId: ids(step.deny).secretId, at, verified: 0, denied: 1 });
          }
          if ('advance' in step) services().clock.advance(step.advance);
          if ('flush' in step) await recorders[step.flush]?.flush();
          if ('rotate' in step && secrets.length < 9) {
            await rotateApiKey(ctx, { id: keyId, overlapSeconds: step.rotate });
            secrets.push(await newestOf(keyId));
          }
        }
        await Promise.all(recorders.map((recorder) => recorder.flush()));
        for (const granularity of Object.keys(GRANULARITIES) as Granularity[])
          for (const id of secrets) {
            const sums = new Map<number, UsageBucket>();
            for (const { at, verified, denied } of counted.filter((one) => one.secretId === id)) {
              const start = startOf(granularity, at);
              const sum = sums.get(start) ?? { start, verified: 0, denied: 0 };
              sums.set(start, { start, verified: sum.verified + verified, denied: sum.denied + denied });
            }
            const to = services().clock.now() + 1;
            const range = { granularity, from: to - 900 * MINUTE_MS, to };
            expect(await usageOfSecret(ctx, id, range)).toEqual([...sums.values()]);
          }
      }),
      runs(engine === 'sqlite' ? 60 : 30, { seed: 26 }),
    );
  });

  test('requires api.key.view, and is found for keys that the caller sees only', async () => {
    const { organizationId, secretId, ctx } = await made();
    const teamId = (await createTeam(ctx, { name: 'Other' })).result.id;
    const as = (principal: Parameters<typeof contextFor>[1]) => contextFor(services(), principal);
    const range = { granularity: 'hour' } as const;
    const verifier = as(memberOf(organizationId, ['api.key.verify']));
    await expect(usageOfSecret(verifier, secretId, range)).rejects.toThrow(
      new ForbiddenError('api.key.view'),
    );
    const bound = as(keyCaller(organizationId, ['*'], { teamIds: [teamId] }));
    const stranger = (await made()).ctx;
    for (const [caller, id] of [
      [bound, secretId],
      [stranger, secretId],
      [ctx, newId('sec')],
      [ctx, 'a\0b'],
    ] as const)
      await expect(usageOfSecret(caller, id, range)).rejects.toThrow(new NotFoundError(id, 'secret'));
    const refusal = expect.objectContaining({ code: 'BAD_USER_INPUT' });
    const report = (from: number, to: number) =>
      usageOfSecret(ctx, secretId, { from, to, granularity: 'minute' });
    await expect(report(START, START - 1 - MINUTE_MS)).rejects.toThrow(refusal);
    await expect(report(START, START + 1000 * MINUTE_MS + 1)).rejects.toThrow(refusal);
    await expect(report(-8.64e15, 8.64e15)).rejects.toThrow(refusal);
  });
});
