import { setImmediate as turn } from 'node:timers/promises';
import { type Kysely, RawNode, sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Tables } from '../../db/tables/tables.ts';
import { newId } from '../../src/core/ids.ts';
import { encodeEntries } from '../../src/usage/entries.ts';
import { JOURNAL_LIMITS } from '../../src/usage/journal-limits.ts';
import { createUsageRecorder } from '../../src/usage/recorder.ts';
import { usageStore } from '../../src/usage/store.ts';
import { UsageBuffer } from '../../src/usage/usage-buffer.ts';
import { writeTables } from '../../src/usage/write-tables.ts';
import { servicesOn } from '../support/services.ts';
import { countTurns } from '../support/turns.ts';
import {
  batchOf,
  countedUses,
  failing,
  makeUsedKeys,
  once,
  rowsInJournal,
  type UsedKey,
} from '../support/usage.ts';
import { eventually } from '../support/wait.ts';

const NEVER_DUE = {
  ...JOURNAL_LIMITS,
  dueMs: Number.POSITIVE_INFINITY,
  dueKeys: Number.POSITIVE_INFINITY,
};

describe('the journal of usage', () => {
  const services = servicesOn('sqlite');

  const makeKeys = (count: number) => makeUsedKeys(services(), count);
  const counted = (key: UsedKey) => countedUses(services(), key);
  const rowsLeft = () => rowsInJournal(services());

  /** A process that writes usage, under a name of its own. */
  function writer(limits = NEVER_DUE, db: Kysely<Tables> = services().unhurried) {
    const buffer = new UsageBuffer(usageStore(db, newId('evt')), limits);
    const use = (keys: readonly UsedKey[], at: number): void => {
      for (const key of keys) buffer.accepted({ ...key, at, ip: null });
    };
    const append = (keys: readonly UsedKey[], at: number): Promise<void> => {
      use(keys, at);
      return buffer.append();
    };
    return { buffer, use, append };
  }

  test('holds what is appended until a checkpoint brings it into the tables', async () => {
    const keys = await makeKeys(3);
    const [first] = keys as [UsedKey];
    const { buffer, append } = writer();
    await append(keys, 1000);
    await append(keys, 2000);
    expect(await rowsLeft()).toBeGreaterThanOrEqual(2);
    expect(await counted(first)).toEqual(once(0, 0));
    expect(buffer.pendingSecret(first.keyId, first.secretId, 0)).toEqual({ at: 2000, uses: 2 });
    await append(keys, 3000);
    await buffer.checkpoint();
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(3, 3000));
    expect(buffer.hasUnwritten).toBe(false);
  });

  test('is due for a checkpoint when it is of many keys, or after some time', async () => {
    const keys = await makeKeys(2);
    const bySize = writer({ ...NEVER_DUE, dueKeys: 2 });
    await bySize.append(keys.slice(1), 1000);
    expect(bySize.buffer.isDue).toBe(false);
    await bySize.append(keys, 1000);
    expect(bySize.buffer.isDue).toBe(true);
    await bySize.buffer.checkpoint();
    expect(bySize.buffer.isDue).toBe(false);
    const byTime = writer({ ...NEVER_DUE, dueMs: 0 });
    expect(byTime.buffer.isDue).toBe(false);
    await byTime.append(keys, 2000);
    expect(byTime.buffer.isDue).toBe(true);
    await byTime.buffer.checkpoint();
    expect(await counted(keys[1] as UsedKey)).toEqual(once(3, 2000));
  });

  test('is not tried again at once after a checkpoint that failed', async () => {
    const keys = await makeKeys(2);
    const { db, failNext } = failing(services().unhurried);
    const { buffer, append } = writer({ ...NEVER_DUE, dueKeys: 1 }, db);
    await append(keys, 1000);
    failNext({ at: 0, when: 'before' });
    await expect(buffer.checkpoint()).rejects.toThrow('full');
    expect(buffer.isDue).toBe(false);
    await buffer.checkpoint();
    await append(keys, 2000);
    expect(buffer.isDue).toBe(true);
    await buffer.checkpoint();
    for (const key of keys) expect(await counted(key)).toEqual(once(2, 2000));
  });

  test.each([
    ['keys', { keysMax: 3 }],
    ['batches', { batchesMax: 1 }],
  ])('takes no more %s than one checkpoint should have to write', async (_name, limit) => {
    const keys = await makeKeys(3);
    const { buffer, append } = writer({ ...NEVER_DUE, ...limit });
    await append(keys, 1000);
    await expect(append(keys, 2000)).rejects.toThrow('Too much');
    expect(buffer.isDue).toBe(true);
    await buffer.checkpoint();
    await buffer.append();
    await buffer.checkpoint();
    for (const key of keys) expect(await counted(key)).toEqual(once(2, 2000));
  });

  test('takes no more from memory than memory may hold while the disk is full', async () => {
    const [key] = (await makeKeys(1)) as [UsedKey];
    const { db, failNext } = failing(services().unhurried);
    const { buffer } = writer({ ...NEVER_DUE, keysMax: Number.POSITIVE_INFINITY }, db);
    const use = (count: number, first: number): void => {
      for (let number = first; number < first + count; number += 1)
        buffer.accepted({ ...key, keyId: `key_${number}`, secretId: `sec_${number}`, at: 1000, ip: null });
    };
    use(60_000, 0);
    failNext({ at: 0, when: 'before' });
    await expect(buffer.append()).rejects.toThrow('full');
    use(60_000, 60_000);
    expect(buffer.unsafeMinutes).toBe(100_000);
    expect(buffer.takeDropped()).toBe(20_000);
    await buffer.append();
    expect(buffer.unsafeMinutes).toBe(0);
    await buffer.checkpoint();
    expect(buffer.hasUnwritten).toBe(false);
  });

  test('is emptied by a flush before more is appended', async () => {
    const keys = await makeKeys(2);
    const recorder = createUsageRecorder(services(), 5, { ...NEVER_DUE, batchesMax: 1 });
    onTestFinished(() => recorder.stop());
    await recorder.start();
    const use = (at: number) => {
      for (const key of keys) recorder.accepted({ ...key, at, ip: null });
    };
    // Buckets of long ago would be removed.
    const start = services().clock.now();
    for (let uses = 1; uses <= 5; uses += 1) {
      use(start + uses);
      await recorder.flush();
    }
    for (const key of keys) expect(await counted(key)).toEqual(once(5, start + 5));
  });

  test('is emptied as often as it takes to write all that is left at the end', async () => {
    const [key] = (await makeKeys(1)) as [UsedKey];
    const recorder = createUsageRecorder(services(), 60_000, { ...NEVER_DUE, batchesMax: 1 });
    for (let number = 0; number < 12_000; number += 1)
      recorder.accepted({ ...key, keyId: `key_00${number}`, secretId: `sec_${number}`, at: 1000, ip: null });
    recorder.accepted({ ...key, at: 1000, ip: null });
    await recorder.stop();
    expect(await rowsLeft()).toBe(0);
    expect(await counted(key)).toEqual(once(1, 1000));
    expect(services().lines.filter((line) => line.includes('is lost'))).toEqual([]);
  });

  test('of a process that was killed is written by the next, before it serves', async () => {
    const keys = await makeKeys(2);
    await writer().append(keys, 1000);
    const recorder = createUsageRecorder(services(), 60_000);
    onTestFinished(() => recorder.stop());
    await recorder.start();
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(1, 1000));
  });

  test('of a server of the release before is written too', async () => {
    const keys = await makeKeys(2);
    const entries = encodeEntries(batchOf(keys, 1000));
    const row = { id: 'earlier', activities: `{"version":1,"entries":${entries}}` };
    await services().db.insertInto('usage_journal').values(row).execute();
    const { buffer, append } = writer();
    await append(keys, 2000);
    await buffer.checkpoint();
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(2, 2000));
  });

  test('that can not be written keeps no server from starting', async () => {
    const keys = await makeKeys(2);
    await writer().append(keys, 1000);
    const { db, failNext } = failing(services().unhurried);
    failNext({ at: 0, when: 'before' });
    const recorder = createUsageRecorder({ ...services(), unhurried: db }, 60_000);
    await recorder.start();
    expect(recorder.status().failures).toBe(1);
    expect(services().lines.at(-1)).toContain('could not be written and will be retried');
    await recorder.stop();
    for (const key of keys) expect(await counted(key)).toEqual(once(1, 1000));
  });

  test('leaves rows of another form alone', async () => {
    const keys = await makeKeys(1);
    const row = { id: 'later', activities: '{"version":2,"entries":[]}' };
    await services().db.insertInto('usage_journal').values(row).execute();
    const { buffer, append } = writer();
    await append(keys, 1000);
    await buffer.checkpoint();
    expect(await rowsLeft()).toBe(1);
    for (const key of keys) expect(await counted(key)).toEqual(once(1, 1000));
    await services().db.deleteFrom('usage_journal').execute();
  });

  test('of two processes on one file is written once, whichever brings it into the tables', async () => {
    const keys = await makeKeys(2);
    const [old, next] = [writer(), writer()];
    await old.append(keys, 1000);
    await next.buffer.checkpoint();
    await old.append(keys, 2000);
    await Promise.all([old.buffer.checkpoint(), next.buffer.checkpoint()]);
    await old.buffer.checkpoint();
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(2, 2000));
  });

  test('shows once what is appended during a checkpoint', async () => {
    const keys = await makeKeys(40);
    const { buffer, append, use } = writer();
    await append(keys, 1000);
    const checkpoint = buffer.checkpoint();
    use(keys, 2000);
    await Promise.all([checkpoint, buffer.append()]);
    for (const key of keys) {
      const { uses, at } = await counted(key);
      expect(uses + (buffer.pendingSecret(key.keyId, key.secretId, at)?.uses ?? 0)).toBe(2);
    }
    await buffer.checkpoint();
    for (const key of keys) expect(await counted(key)).toEqual(once(2, 2000));
  });

  test('is appended at every interval, and shown at once', async () => {
    const [key] = (await makeKeys(1)) as [UsedKey];
    const recorder = createUsageRecorder(services(), 5);
    onTestFinished(() => recorder.stop());
    await recorder.start();
    recorder.accepted({ ...key, at: 1000, ip: '192.0.2.1' });
    expect(recorder.status().waitingMs).toBeGreaterThanOrEqual(0);
    await eventually(async () => (await rowsLeft()) === 1 && recorder.status().waitingMs === 0);
    expect(await counted(key)).toEqual(once(0, 0));
    expect(recorder.pendingKey(key.keyId)).toEqual({ at: 1000, ip: '192.0.2.1' });
    expect(recorder.pendingSecret(key.keyId, key.secretId, 0)).toEqual({ at: 1000, uses: 1 });
    await recorder.flush();
    expect(await counted(key)).toEqual(once(1, 1000));
  });

  test('is written when somebody asks, however fast more comes meanwhile', async () => {
    const keys = await makeKeys(40);
    const recorder = createUsageRecorder(services(), 1);
    onTestFinished(() => recorder.stop());
    await recorder.start();
    // Buckets of long ago would be removed.
    const start = services().clock.now();
    let [uses, isOver] = [0, false];
    const stream = (async () => {
      while (!isOver) {
        uses += 1;
        for (const key of keys) recorder.accepted({ ...key, at: start + uses, ip: null });
        await turn();
      }
    })();
    for (let asked = 0; asked < 5; asked += 1) {
      const before = uses;
      await recorder.flush();
      expect((await counted(keys[7] as UsedKey)).uses).toBeGreaterThanOrEqual(before);
    }
    isOver = true;
    await stream;
    await recorder.flush();
    for (const key of keys) expect(await counted(key)).toEqual(once(uses, start + uses));
  });

  test('is brought into the tables in small transactions, between which a change has its turn', async () => {
    const keys = await makeKeys(240);
    const { buffer, append } = writer();
    await append(keys, 1000);
    services().statements.length = 0;
    const turns = countTurns();
    await buffer.checkpoint();
    turns.stop();
    const transactions = services().statements.filter((text) => /^\s*delete from usage_journal/.test(text));
    expect(transactions.length).toBeGreaterThan(1);
    expect(turns.count).toBeGreaterThanOrEqual(transactions.length - 1);
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(1, 1000));
  });

  test('is brought into the tables row by row, whatever else they hold', async () => {
    // One that was rotated, so that secrets are counted.
    await makeUsedKeys(services(), 1);
    await sql`update api_key_secret_usage set counted_from = 0`.execute(services().db);
    const plan: string[] = [];
    const explaining = services().db.withPlugin({
      transformQuery: ({ node }) => {
        if (!RawNode.is(node)) return node;
        const [first, ...rest] = node.sqlFragments;
        return { ...node, sqlFragments: [`explain query plan ${first}`, ...rest] };
      },
      transformResult: async ({ result }) => {
        plan.push(...result.rows.map(({ detail }) => String(detail)));
        return result;
      },
    });
    const entries = sql`select value, usage_journal.rowid as place
      from usage_journal, jsonb_each(usage_journal.activities, '$.entries') where shard = 1`;
    await explaining.transaction().execute((tx) => writeTables(tx, entries));
    const reads = plan.filter((step) => /^(SCAN|SEARCH) (api_|usage_|organization_)/.test(step));
    expect(reads.length).toBeGreaterThanOrEqual(8);
    expect(reads.filter((step) => step.startsWith('SCAN'))).toEqual([]);
  });
});
