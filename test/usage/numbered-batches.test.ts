import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../db/open.ts';
import { newId } from '../../src/core/ids.ts';
import { createUsageRecorder } from '../../src/usage/recorder.ts';
import { usageStore } from '../../src/usage/store.ts';
import { UsageBuffer } from '../../src/usage/usage-buffer.ts';
import { pruneMarks } from '../../src/usage/writer-marks.ts';
import { onEachDatabase } from '../support/databases.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../support/properties.ts';
import { recordStatements, servicesOn } from '../support/services.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { batchOf, countedUses, failing, makeUsedKeys, once, type UsedKey } from '../support/usage.ts';
import { eventually } from '../support/wait.ts';

onEachDatabase('numbered batches of usage', (engine) => {
  const services = servicesOn(engine);

  const counted = (key: UsedKey) => countedUses(services(), key);
  const markOf = async (writer: string) =>
    (
      await services()
        .db.selectFrom('usage_writers')
        .select('number')
        .where('writer', '=', writer)
        .executeTakeFirst()
    )?.number;

  test('are dropped at or below the mark of their writer', async () => {
    const [key] = (await makeUsedKeys(services(), 1)) as [UsedKey];
    const writer = newId('evt');
    const store = usageStore(services().unhurried, writer);
    for (const number of [1, 1, 2, 3]) await store.append(number, batchOf([key], number));
    await store.checkpoint(3);
    for (const number of [3, 2, 1]) await store.append(number, batchOf([key], 1000 + number));
    await store.checkpoint(3);
    expect(await counted(key)).toEqual(once(3, 3));
    expect(await markOf(writer)).toBe(3);
  });

  test('of two writers count independently of each other', async () => {
    const [key] = (await makeUsedKeys(services(), 1)) as [UsedKey];
    const [one, other] = [newId('evt'), newId('evt')].map((writer) =>
      usageStore(services().unhurried, writer),
    ) as [ReturnType<typeof usageStore>, ReturnType<typeof usageStore>];
    await one.append(5, batchOf([key], 1));
    await other.append(1, batchOf([key], 2));
    await Promise.all([one.append(6, batchOf([key], 3)), other.append(2, batchOf([key], 4))]);
    await Promise.all([one.append(6, batchOf([key], 5)), other.append(2, batchOf([key], 6))]);
    await one.checkpoint(6);
    await other.checkpoint(2);
    expect(await counted(key)).toEqual(once(4, 4));
  });

  test('of the same keys in different orders don’t deadlock', async () => {
    const keys = await makeUsedKeys(services(), 150);
    const writers = Array.from({ length: 6 }, () => usageStore(services().unhurried, newId('evt')));
    await Promise.all(
      writers.map(async (store, writer) => {
        for (let number = 1; number <= 8; number += 1) {
          const turned = [...keys.slice(writer * 25), ...keys.slice(0, writer * 25)];
          await store.append(number, batchOf(writer % 2 ? turned.reverse() : turned, number));
        }
        await store.checkpoint(8);
      }),
    );
    for (const key of keys.slice(0, 3)) expect(await counted(key)).toMatchObject({ uses: 48 });
  });

  test('that are sent twice at the same moment count once', async () => {
    const [key] = (await makeUsedKeys(services(), 1)) as [UsedKey];
    const store = usageStore(services().unhurried, newId('evt'));
    await Promise.all(Array.from({ length: 4 }, () => store.append(1, batchOf([key], 1))));
    await store.checkpoint(1);
    expect(await counted(key)).toEqual(once(1, 1));
  });

  test('are sent again, with what came meanwhile after them, when the answer to a commit is lost', async () => {
    const [key] = (await makeUsedKeys(services(), 1)) as [UsedKey];
    const { db, failNext } = failing(services().unhurried);
    const recorder = createUsageRecorder({ ...services(), unhurried: db }, 60_000);
    for (const [at, when] of [
      [1, 'after'],
      [2, 'before'],
      [3, 'after'],
    ] as const) {
      recorder.accepted({ ...key, at, ip: null });
      failNext({ at: 0, when });
      await recorder.flush();
    }
    expect(recorder.status().failures).toBe(3);
    await recorder.flush();
    expect(await counted(key)).toEqual(once(3, 3));
  });

  test('leave marks that are removed when their writers have written nothing for 30 days', async () => {
    const [key] = (await makeUsedKeys(services(), 1)) as [UsedKey];
    const [old, current] = [newId('evt'), newId('evt')];
    for (const writer of [old, current])
      await usageStore(services().unhurried, writer).append(1, batchOf([key], 1));
    await sql`update usage_writers set written_at = written_at - ${30 * 86_400_000 + 60_000} where writer = ${old}`.execute(
      services().db,
    );
    await pruneMarks(services().unhurried);
    expect([await markOf(old), await markOf(current)]).toEqual([undefined, 1]);
  });

  test('count each use once, whatever fails and whoever is killed, and show each at once', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, async () => {
    const keys = (await makeUsedKeys(services(), 40)) as [UsedKey, ...UsedKey[]];
    const [rare] = keys;
    const model = { rare: 0, others: 0, denials: 0, at: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 12 }), async (steps) => {
        const { db, failNext } = failing(services().unhurried);
        const start = () => new UsageBuffer(usageStore(db, newId('evt')));
        let buffer = start();
        const write = async (...names: ('append' | 'checkpoint')[]): Promise<void> => {
          await Promise.all(names.map((name) => buffer[name]().catch(() => {})));
        };
        const record = (used: readonly UsedKey[]): void => {
          model.at += 1;
          for (const key of used) buffer.accepted({ ...key, at: model.at, ip: null });
          buffer.denied({ ...rare, code: 'DISABLED', at: model.at, ip: null });
          model.rare += 1;
          model.denials += 1;
          if (used.length > 1) model.others += 1;
        };
        for (const { step, fault } of steps) {
          if (step !== 'checkpoint') record(step === 'use many' ? keys : [rare]);
          failNext(step === 'kill' ? null : fault);
          if (step === 'use' || step === 'use many') await write('append');
          else if (step === 'checkpoint') await write('checkpoint');
          else if (step === 'both') await write('append', 'checkpoint');
          else {
            await write('append');
            buffer = start();
            await write('checkpoint');
          }
          const { uses, at } = await counted(rare);
          expect(uses + (buffer.pendingSecret(rare.keyId, rare.secretId, at)?.uses ?? 0)).toBe(model.rare);
        }
        failNext(null);
        await write('append');
        await write('checkpoint');
        expect(buffer.hasUnwritten).toBe(false);
        expect(await counted(rare)).toEqual(once(model.rare, model.at));
        expect((await counted(keys[39] as UsedKey)).uses).toBe(model.others);
        expect(await sumsOf(rare.organizationId)).toEqual([
          ['hour', model.rare + 39 * model.others, model.denials],
          ['minute', model.rare + 39 * model.others, model.denials],
        ]);
      }),
      runs(40, { seed: 20261129, endOnFailure: true }),
    );
  });

  async function sumsOf(organizationId: string) {
    const { rows } = await sql<{ granularity: string; verified: number; denied: number }>`
      select granularity, sum(verified) as verified, sum(denied) as denied from organization_usage_buckets
      where organization_id = ${organizationId} group by granularity order by granularity
    `.execute(services().db);
    return rows.map(({ granularity, verified, denied }) => [granularity, Number(verified), Number(denied)]);
  }

  if (engine === 'postgres')
    test('count once when the connection is lost between a commit and its answer', async () => {
      const [key] = (await makeUsedKeys(services(), 1)) as [UsedKey];
      const { databaseUrl } = services().config;
      const proxy = await openProxy(Number(new URL(databaseUrl).port || 5432));
      const far = await openDatabase(proxy.through(databaseUrl));
      onTestFinished(() => far.close());
      const statements: string[] = [];
      const unhurried = far.unhurried.withPlugin(recordStatements(statements)).withPlugin({
        transformQuery: ({ node }) => node,
        transformResult: async ({ result }) => {
          // The last one before the commit.
          if (statements.at(-1)?.includes('organization_usage_buckets')) proxy.delayAnswers(3_600_000);
          return result;
        },
      });
      const recorder = createUsageRecorder({ ...services(), unhurried }, 60_000);
      recorder.accepted({ ...key, at: 1, ip: null });
      const flush = recorder.flush();
      await eventually(async () => (await counted(key)).uses === 1);
      proxy.cut();
      await flush;
      expect(recorder.status().failures).toBe(1);
      proxy.mend();
      statements.length = 0;
      recorder.accepted({ ...key, at: 2, ip: null });
      const again = recorder.flush();
      await eventually(async () => (await counted(key)).uses === 2);
      proxy.cut();
      await again;
      expect(await counted(key)).toEqual(once(2, 2));
    });
});

const STEP = fc.record({
  step: fc.constantFrom('use', 'use many', 'checkpoint', 'both', 'kill'),
  fault: fc.option(fc.record({ at: fc.nat(4), when: fc.constantFrom('before' as const, 'after' as const) })),
});
