import { expect, test } from 'vitest';
import { ForbiddenError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { usageLastDay } from '../../src/usage/last-day.ts';
import { usageOf } from '../../src/usage/report.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const START = Date.UTC(2030, 0, 1, 12);

onEachDatabase('a report of usage', (engine) => {
  const services = servicesOn(engine);

  async function made() {
    services().clock.set(START);
    const organization = await makeOrganization(services());
    const { ctx } = organization;
    const { apiKey, secret } = (await createApiKey(ctx, { name: 'A' })).result;
    const use = (at: number) => {
      services().clock.set(at);
      return verifyApiKey(ctx, { key: secret });
    };
    const deny = (at: number) => {
      services().clock.set(at);
      return verifyApiKey(ctx, { key: secret, permissions: ['nothing.held'] });
    };
    return { ...organization, id: apiKey.id, use, deny };
  }

  test('shows the stretches with any use, the earliest first, unwritten ones included', async () => {
    const { ctx, id, use, deny } = await made();
    await use(START);
    await use(START + 1);
    await deny(START + 2 * HOUR_MS);
    await use(START + 2 * HOUR_MS + 5);
    const first = { start: START, verified: 2, denied: 0 };
    const second = { start: START + 2 * HOUR_MS, verified: 1, denied: 1 };
    expect(await usageOf(ctx, id, { granularity: 'hour' })).toEqual([first, second]);
    expect(await usageOf(ctx, id, { granularity: 'minute' })).toEqual([second]);
    const day = { start: Date.UTC(2030, 0, 1), verified: 3, denied: 1 };
    expect(await usageOf(ctx, id, { granularity: 'day' })).toEqual([day]);
  });

  test('begins with the stretch that holds `from` and ends before `to`', async () => {
    const { ctx, id, use } = await made();
    for (const hour of [0, 1, 2]) await use(START + hour * HOUR_MS + 10);
    const starts = async (from: number, to: number) =>
      (await usageOf(ctx, id, { from, to, granularity: 'hour' })).map((one) => (one.start - START) / HOUR_MS);
    expect(await starts(START + 30 * MINUTE_MS, START + 2 * HOUR_MS)).toEqual([0, 1]);
    expect(await starts(START + HOUR_MS, START + 2 * HOUR_MS + 1)).toEqual([1, 2]);
    expect(await starts(START + 5 * HOUR_MS, START + 6 * HOUR_MS)).toEqual([]);
  });

  test('has at most 1,000 stretches, and a beginning before its end', async () => {
    const { ctx, id } = await made();
    const report = (from: number, to: number) => usageOf(ctx, id, { from, to, granularity: 'minute' });
    expect(await report(START, START + 1000 * MINUTE_MS)).toEqual([]);
    const refusal = expect.objectContaining({ code: 'BAD_USER_INPUT' });
    await expect(report(START, START + 1000 * MINUTE_MS + 1)).rejects.toThrow(refusal);
    await expect(report(START + MINUTE_MS, START)).rejects.toThrow(refusal);
    await expect(report(-8.64e15, 8.64e15)).rejects.toThrow(refusal);
  });

  test('is refused to who lacks api.key.view, and for keys of other organizations as for none', async () => {
    const { ctx, id, organization } = await made();
    const other = await made();
    const verifier = contextFor(services(), memberOf(organization.id, ['api.key.verify']));
    await expect(usageOf(verifier, id, { granularity: 'hour' })).rejects.toThrow(
      new ForbiddenError('api.key.view'),
    );
    for (const unknown of [other.id, newId('key'), 'a\0b'])
      await expect(usageOf(ctx, unknown, { granularity: 'hour' })).rejects.toThrow(
        new NotFoundError(unknown, 'API key'),
      );
  });

  test('of an organization sums the last 24 hours of its keys', async () => {
    const { ctx, organization, use, deny } = await made();
    const other = await made();
    await other.use(START);
    await use(START);
    await deny(START + HOUR_MS);
    expect(await usageLastDay(ctx, organization.id)).toEqual({ verified: 1, denied: 1 });
    services().clock.set(START + DAY_MS + MINUTE_MS);
    expect(await usageLastDay(ctx, organization.id)).toEqual({ verified: 0, denied: 1 });
    services().clock.set(START + 3 * DAY_MS);
    expect(await usageLastDay(ctx, organization.id)).toEqual({ verified: 0, denied: 0 });
  });

  test('counts the last day to the minute, whenever it is asked', async () => {
    const { ctx, organization, use } = await made();
    const uses = Array.from(
      { length: 200 },
      (_, index) => START + index * 17 * MINUTE_MS + (index % 60) * 1000,
    );
    const toCome = [...uses];
    for (let asked = START; asked < START + 3 * DAY_MS; asked += 97 * MINUTE_MS + 13_000) {
      for (let at = toCome[0]; at !== undefined && at <= asked; at = toCome[0]) {
        await use(at);
        toCome.shift();
      }
      services().clock.set(asked);
      const from = Math.floor((asked - DAY_MS) / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
      const verified = uses.filter((at) => at >= from && at <= asked).length;
      expect(await usageLastDay(ctx, organization.id)).toEqual({ verified, denied: 0 });
    }
  });
});
