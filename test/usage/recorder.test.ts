import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Tables } from '../../db/tables/tables.ts';
import type { GraphQLContext } from '../../schema/context.ts';
import { newId } from '../../src/core/ids.ts';
import { loadApiKeys, loadSecrets } from '../../src/keys/api-key.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { JOURNAL_LIMITS } from '../../src/usage/journal-limits.ts';
import { pruneBuckets } from '../../src/usage/prune.ts';
import { createUsageRecorder } from '../../src/usage/recorder.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';
import { eventually } from '../support/wait.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

onEachDatabase('the usage recorder', (engine) => {
  const services = servicesOn(engine);

  /** A recorder of its own and a key, whose reader sees only what is written. */
  async function made(over: { unhurried?: Kysely<Tables>; flushMs?: number } = {}) {
    const { ctx, organization } = await makeOrganization(services());
    const { apiKey } = (await createApiKey(ctx, { name: 'A' })).result;
    const { id: secretId } = await ctx.db
      .selectFrom('api_key_secrets')
      .select('id')
      .where('api_key_id', '=', apiKey.id)
      .executeTakeFirstOrThrow();
    const limits = { ...JOURNAL_LIMITS, dueMs: 0 };
    const recorder = createUsageRecorder({ ...services(), ...over }, over.flushMs ?? 60_000, limits);
    const ids = { organizationId: organization.id, keyId: apiKey.id };
    return {
      ctx,
      id: apiKey.id,
      secretId,
      recorder,
      use: (at: number, ip: string | null = null) => recorder.accepted({ ...ids, secretId, at, ip }),
      deny: (at: number) => recorder.denied({ ...ids, secretId, code: 'DISABLED', at, ip: null }),
      written: () => usageIn(ctx, apiKey.id, secretId),
      /** The same reader, looking also at what is not written yet. */
      seen: () => usageIn({ ...ctx, usage: recorder }, apiKey.id, secretId),
    };
  }

  test('writes nothing before it is told to, and shows it nonetheless', async () => {
    const { use, written, seen, recorder } = await made();
    services().statements.length = 0;
    use(1000, '192.0.2.1');
    use(2000, '192.0.2.2');
    expect(services().statements).toEqual([]);
    const fresh = { lastUsedAt: 2000, lastUsedIp: '192.0.2.2', secretLastUsedAt: 2000, uses: 2 };
    expect(await seen()).toEqual(fresh);
    expect(await written()).toEqual({ lastUsedAt: null, lastUsedIp: null, secretLastUsedAt: null, uses: 0 });
    await recorder.flush();
    expect(await written()).toEqual(fresh);
    expect(await seen()).toEqual(fresh);
  });

  test('writes all that is gathered in a few statements', async () => {
    const { use, deny, recorder } = await made();
    for (let second = 0; second < 100; second += 1) {
      use(second * 1000);
      deny(second * 1000);
    }
    services().statements.length = 0;
    await recorder.flush();
    // The mark, four tables, and whether secrets are counted; with a journal also what goes into it, what is in it, and
    // what leaves it; otherwise the locks. Of denials five: what exists, how many there are, and the rows.
    const count = engine === 'sqlite' ? 9 + 5 : 7 + 6;
    expect(services().statements).toHaveLength(count);
    await recorder.flush();
    expect(services().statements).toHaveLength(count);
  });

  test('adds to what is written before, and never goes back in time', async () => {
    const { use, written, recorder } = await made();
    use(5000, '192.0.2.5');
    await recorder.flush();
    use(3000, '192.0.2.3');
    await recorder.flush();
    expect(await written()).toMatchObject({ lastUsedAt: 5000, lastUsedIp: '192.0.2.5', uses: 2 });
    use(7000);
    use(6000, '192.0.2.6');
    await recorder.flush();
    expect(await written()).toMatchObject({ lastUsedAt: 7000, lastUsedIp: null, uses: 4 });
  });

  test('counts each secret of a key for itself', async () => {
    const { ctx, id, secretId, recorder, use } = await made();
    const { result } = await rotateApiKey(ctx, { id });
    const newer = await ctx.db
      .selectFrom('api_key_secrets')
      .select('id')
      .where('api_key_id', '=', id)
      .where('replaced_at', 'is', null)
      .executeTakeFirstOrThrow();
    use(1000);
    use(2000);
    const { organizationId } = result.apiKey;
    recorder.accepted({ organizationId, keyId: id, secretId: newer.id, at: 1500, ip: null });
    await recorder.flush();
    const secrets = await loadSecrets({ ...ctx, usage: recorder }, [secretId, newer.id]);
    const uses = new Map(secrets.map((secret) => [secret.id, [secret.uses, secret.lastUsedAt]]));
    expect(uses.get(secretId)).toEqual([2, 2000]);
    expect(uses.get(newer.id)).toEqual([1, 1500]);
    expect((await loadApiKeys({ ...ctx, usage: recorder }, [id]))[0]?.lastUsedAt).toBe(2000);
  });

  test('counts into minutes, hours and days', async () => {
    const { use, deny, id, recorder, ctx } = await made();
    const start = Date.UTC(2030, 0, 1, 23, 59);
    use(start);
    use(start + MINUTE_MS - 1);
    deny(start + MINUTE_MS);
    await recorder.flush();
    use(start + 1);
    await recorder.flush();
    expect(await bucketsOf(ctx, id)).toEqual([
      ['day', Date.UTC(2030, 0, 1), 3, 0],
      ['day', Date.UTC(2030, 0, 2), 0, 1],
      ['hour', Date.UTC(2030, 0, 1, 23), 3, 0],
      ['hour', Date.UTC(2030, 0, 2), 0, 1],
      ['minute', start, 3, 0],
      ['minute', start + MINUTE_MS, 0, 1],
    ]);
  });

  test('takes a denial for no use', async () => {
    const { deny, written, recorder } = await made();
    deny(1000);
    await recorder.flush();
    expect(await written()).toMatchObject({ lastUsedAt: null, uses: 0 });
  });

  test('tells the bus of each use and denial at once', async () => {
    const { use, deny, id, secretId, ctx } = await made();
    use(1000, '192.0.2.1');
    expect(services().events.at(-1)).toMatchObject({
      type: 'use',
      keyId: id,
      secretId,
      at: 1000,
      ip: '192.0.2.1',
    });
    deny(2000);
    expect(services().events.at(-1)).toMatchObject({ type: 'denial', keyId: id, code: 'DISABLED', at: 2000 });
    expect(ctx.usage.pendingKey(id)).toBeUndefined();
  });

  test('keeps nothing of unknown keys', async () => {
    const { recorder } = await made();
    for (let guess = 0; guess < 1000; guess += 1)
      recorder.denied({
        organizationId: null,
        keyId: null,
        secretId: null,
        code: 'NOT_FOUND',
        at: guess,
        ip: null,
      });
    services().statements.length = 0;
    await recorder.flush();
    expect(services().statements).toEqual([]);
  });

  test('passes over keys and secrets that are gone', async () => {
    const { use, written, recorder, ctx } = await made();
    const gone = { organizationId: newId('org'), keyId: newId('key'), secretId: newId('sec') };
    recorder.accepted({ ...gone, at: 1000, ip: null });
    use(1000);
    await recorder.flush();
    expect(await written()).toMatchObject({ lastUsedAt: 1000, uses: 1 });
    expect(await bucketsOf(ctx, gone.keyId)).toEqual([]);
  });

  test('writes more keys than fit into one statement', async () => {
    const { ctx } = await makeOrganization(services());
    const recorder = createUsageRecorder(services(), 60_000);
    const { apiKey } = (await createApiKey(ctx, { name: 'A' })).result;
    const at = Date.UTC(2030, 0, 1);
    for (let minute = 0; minute < 1200; minute += 1)
      recorder.accepted({
        organizationId: apiKey.organizationId,
        keyId: apiKey.id,
        secretId: newId('sec'),
        at: at + minute * MINUTE_MS,
        ip: null,
      });
    await recorder.flush();
    const buckets = await bucketsOf(ctx, apiKey.id);
    expect(buckets.filter(([granularity]) => granularity === 'minute')).toHaveLength(1200);
    expect(buckets.filter(([granularity]) => granularity === 'hour')).toHaveLength(20);
    expect(buckets.filter(([granularity]) => granularity === 'day')).toEqual([['day', at, 1200, 0]]);
  });

  describe('where the database fails', () => {
    test('keeps the batch, says so in the log, and writes it with the next', async () => {
      const broken = brokenOnce(services().unhurried);
      const { use, written, seen, recorder } = await made({ unhurried: broken.db });
      use(1000);
      broken.breakIt();
      await recorder.flush();
      expect(services().lines.at(-1)).toContain('could not be written and will be retried');
      use(2000);
      expect(await seen()).toMatchObject({ lastUsedAt: 2000, uses: 2 });
      expect(await written()).toMatchObject({ lastUsedAt: null, uses: 0 });
      await recorder.flush();
      expect(await written()).toMatchObject({ lastUsedAt: 2000, uses: 2 });
    });

    test('writes all of a batch or nothing', async () => {
      const { use, written, recorder, ctx, id } = await made();
      await recorder.flush();
      use(1000);
      // The buckets come last; what is before them must not stay without them.
      await sql`alter table api_key_usage_buckets rename to away`.execute(ctx.db);
      await recorder.flush();
      await sql`alter table away rename to api_key_usage_buckets`.execute(ctx.db);
      expect(await written()).toMatchObject({ lastUsedAt: null, uses: 0 });
      await recorder.flush();
      expect(await written()).toMatchObject({ lastUsedAt: 1000, uses: 1 });
      expect(await bucketsOf(ctx, id)).toHaveLength(3);
    });

    test('says how much was lost, where it fails to the end', async () => {
      const broken = brokenOnce(services().unhurried);
      const { use, recorder } = await made({ unhurried: broken.db });
      use(1000);
      broken.breakIt();
      await recorder.stop();
      expect(services().lines.at(-1)).toContain('is lost');
    });
  });

  test('that is told to write while it writes, writes what came meanwhile too', async () => {
    const { use, written, recorder } = await made();
    use(1000);
    const first = recorder.flush();
    use(2000);
    await Promise.all([first, recorder.flush(), recorder.flush()]);
    expect(await written()).toMatchObject({ lastUsedAt: 2000, uses: 2 });
  });

  test('loses no use and counts none twice, however writes and uses meet', async () => {
    const { use, written, recorder } = await made();
    const flushes: Promise<void>[] = [];
    for (let turn = 0; turn < 200; turn += 1) {
      use(turn);
      if (turn % 7 === 0) flushes.push(recorder.flush());
      if (turn % 20 === 0) await Promise.resolve();
      if (turn % 50 === 0) await flushes.at(-1);
    }
    await Promise.all(flushes);
    await recorder.stop();
    expect(await written()).toMatchObject({ lastUsedAt: 199, uses: 200 });
  });

  // The driver of SQLite has one connection here: nothing can be written beside a transaction.
  if (engine === 'postgres')
    test('shows what waits to be written, however much comes meanwhile', async () => {
      const { ctx, use, recorder, secretId, id } = await made({ flushMs: 2 });
      const uses = () => recorder.pendingSecret(id, secretId, 0)?.uses;
      await recorder.start();
      await ctx.db.transaction().execute(async (tx) => {
        await tx
          .selectFrom('api_key_usage')
          .select('api_key_id')
          .where('api_key_id', '=', id)
          .forUpdate()
          .execute();
        use(1000);
        const flush = recorder.flush();
        for (let later = 1; later <= 10; later += 1) {
          use(1000 + later);
          expect(uses()).toBe(1 + later);
          // Some intervals.
          await pause(5);
          expect(uses()).toBe(1 + later);
        }
        return { flush };
      });
      await recorder.stop();
      expect(recorder.pendingSecret(id, secretId, 1010)).toBeUndefined();
    });

  test('writes by itself once it is started, and the rest when it stops', async () => {
    const { use, written, recorder } = await made({ flushMs: 10 });
    await Promise.all([recorder.start(), recorder.start()]);
    onTestFinished(() => recorder.stop());
    use(1000);
    await eventually(async () => (await written()).uses === 1);
    await recorder.stop();
    use(2000);
    await recorder.stop();
    expect(await written()).toMatchObject({ uses: 2 });
  });

  test('removes minutes after a day, hours after 90, days after two years', async () => {
    const { use, id, recorder, ctx } = await made();
    const start = Date.UTC(2030, 0, 1);
    use(start);
    await recorder.flush();
    const left = async (later: number) => {
      await pruneBuckets(ctx.db, start + later);
      return (await bucketsOf(ctx, id)).map(([granularity]) => granularity);
    };
    expect(await left(DAY_MS)).toEqual(['day', 'hour', 'minute']);
    expect(await left(DAY_MS + HOUR_MS + 1)).toEqual(['day', 'hour']);
    expect(await left(90 * DAY_MS)).toEqual(['day', 'hour']);
    expect(await left(90 * DAY_MS + 1)).toEqual(['day']);
    expect(await left(730 * DAY_MS)).toEqual(['day']);
    expect(await left(732 * DAY_MS)).toEqual([]);
  });
});

async function usageIn(
  ctx: Pick<GraphQLContext, 'db' | 'usage' | 'principal'>,
  keyId: string,
  secretId: string,
) {
  const [key] = await loadApiKeys(ctx, [keyId]);
  const [secret] = await loadSecrets(ctx, [secretId]);
  return {
    lastUsedAt: key?.lastUsedAt,
    lastUsedIp: key?.lastUsedIp,
    secretLastUsedAt: secret?.lastUsedAt,
    uses: secret?.uses,
  };
}

async function bucketsOf(ctx: Pick<GraphQLContext, 'db'>, keyId: string) {
  const rows = await ctx.db
    .selectFrom('api_key_usage_buckets')
    .select(['granularity', 'start', 'verified', 'denied'])
    .where('api_key_id', '=', keyId)
    .orderBy('granularity')
    .orderBy('start')
    .execute();
  return rows.map((row) => [row.granularity, row.start, row.verified, row.denied] as const);
}

/** A database of which the next transaction can be made to fail. */
function brokenOnce(whole: Kysely<Tables>): { db: Kysely<Tables>; breakIt: () => void } {
  let broken = false;
  const db = new Proxy(whole, {
    get(target, name) {
      if (name === 'transaction' && broken) {
        broken = false;
        throw new Error('The database is away');
      }
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    db,
    breakIt: () => {
      broken = true;
    },
  };
}
