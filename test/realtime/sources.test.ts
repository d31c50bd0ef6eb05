import { expect, onTestFinished, test } from 'vitest';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { Live } from '../../src/realtime/live.ts';
import { type LiveContext, usedSource } from '../../src/realtime/sources.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';

onEachDatabase('the present state of keys', (engine) => {
  const services = servicesOn(engine);

  test('is never followed by what was before it, also where it changes while it is read', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const { apiKey, secret } = (await createApiKey(ctx, { organizationId: organization.id, name: 'Busy' }))
      .result;
    const live = new Live(services());
    live.start();
    onTestFinished(() => live.stop());
    const use = async () => {
      services().clock.advance(1_000);
      await verifyApiKey(ctx, { key: secret });
    };
    let busy = true;
    const { usage } = ctx;
    const context: LiveContext = {
      ...ctx,
      live,
      usage: {
        ...usage,
        // The reader has come to here: the first of these uses is passed on at once, the others wait.
        async flush() {
          if (busy) for (let n = 0; n < 3; n += 1) await use();
          busy = false;
          await usage.flush();
        },
      },
    };
    const since = services().clock.now();
    const source = await usedSource(context, { since, minIntervalMs: 60_000 });
    const heard: { at: number; count: number; key: string }[] = [];
    const leave = await source.open({
      receive: ({ newest, count, key }) => heard.push({ at: newest.at, count, key }),
      ready: async () => 1,
      full: () => false,
      stopped: () => false,
      failed: () => {},
    });
    const now = services().clock.now();
    expect(heard).toEqual([
      { at: now, count: 0, key: apiKey.id },
      { at: now, count: 1, key: apiKey.id },
    ]);
    leave();
    expect(live.uses.size).toBe(0);
  });

  test('comes once of each key, however often that is used meanwhile, and what comes then has the count', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const { apiKey, secret } = (await createApiKey(ctx, { organizationId: organization.id, name: 'Busy' }))
      .result;
    const live = new Live(services());
    live.start();
    onTestFinished(() => live.stop());
    const use = async () => {
      services().clock.advance(1_000);
      await verifyApiKey(ctx, { key: secret });
      await ctx.usage.flush();
    };
    const since = services().clock.now();
    await use();
    const source = await usedSource({ ...ctx, live }, { since, minIntervalMs: 60_000 });
    const heard: { at: number; count: number; key: string }[] = [];
    let times = 0;
    const leave = await source.open({
      receive: ({ newest, count, key }) => heard.push({ at: newest.at, count, key }),
      // A slow reader: the key is used, and that is written, before it is ready for more.
      ready: async () => {
        times += 1;
        if (times < 20) await use();
        return 1;
      },
      full: () => false,
      stopped: () => false,
      failed: () => {},
    });
    expect(times).toBe(1);
    expect(heard).toEqual([
      { at: since + 1_000, count: 0, key: apiKey.id },
      { at: since + 2_000, count: 1, key: apiKey.id },
    ]);
    leave();
  });
});
