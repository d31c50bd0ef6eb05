import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type BackgroundWriter, type Database, openDatabase } from '../../db/open.ts';
import type { Tables } from '../../db/tables.ts';
import { type Batch, emptyBatch, MINUTES_MAX, mergeBatches, noteUse } from '../../src/usage/batch.ts';
import { type JournalStore, journalStore } from '../../src/usage/journal-store.ts';
import { createUsageRecorder } from '../../src/usage/recorder.ts';
import { NotSavedError } from '../../src/usage/store.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../support/properties.ts';
import { servicesOn } from '../support/services.ts';
import { countTurns } from '../support/turns.ts';
import { type UsedKey as Key, makeUsedKeys } from '../support/usage.ts';
import { eventually } from '../support/wait.ts';

const NEVER_DUE = { ms: Number.POSITIVE_INFINITY, keys: Number.POSITIVE_INFINITY };

describe('the journal of usage', () => {
  const services = servicesOn('sqlite');
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase(services().config.databaseUrl);
  });
  afterAll(() => database.close());

  const writer = (): BackgroundWriter => {
    if (!database.background) throw new Error('SQLite writes in the background');
    return database.background;
  };

  const makeKeys = (count: number): Promise<Key[]> => makeUsedKeys(services(), count);

  /** Uses as each of the three tables counts them. */
  async function counted({ keyId, secretId }: Key) {
    const { rows } = await sql<{ uses: number; minutes: number; days: number; at: number }>`
      select uses, api_key_usage.last_used_at as at,
        (select coalesce(sum(verified), 0) from api_key_usage_buckets
          where api_key_id = ${keyId} and granularity = 'minute') as minutes,
        (select coalesce(sum(verified), 0) from api_key_usage_buckets
          where api_key_id = ${keyId} and granularity = 'day') as days
      from api_key_secret_usage, api_key_usage
      where secret_id = ${secretId} and api_key_usage.api_key_id = ${keyId}`.execute(services().db);
    return rows[0];
  }

  const once = (uses: number, at: number) => ({ uses, minutes: uses, days: uses, at });

  const rowsLeft = async (): Promise<number> => {
    const { count } = await services()
      .db.selectFrom('usage_journal')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return count;
  };

  const batchOf = (keys: readonly Key[], at: number) => {
    const batch = emptyBatch();
    for (const key of keys) noteUse(batch, { ...key, at, ip: null });
    return batch;
  };

  /** Uses of a key that a reader sees: the row's, and what it does not hold yet. */
  async function seen(store: JournalStore, key: Key): Promise<number> {
    const row = await services()
      .db.selectFrom('api_key_secret_usage')
      .select(['uses', 'last_used_at'])
      .where('secret_id', '=', key.secretId)
      .executeTakeFirstOrThrow();
    const pending = store.unwritten(key.keyId).flatMap(({ secrets }) => secrets);
    const handedOver = store.handedOver(key.keyId)?.secrets.filter(({ at }) => at > row.last_used_at) ?? [];
    return [...pending, ...handedOver].reduce((sum, { uses }) => sum + uses, row.uses);
  }

  test('holds what is saved until it is brought into the tables', async () => {
    const keys = await makeKeys(3);
    const [first] = keys as [Key];
    const store = journalStore(services().db, writer(), NEVER_DUE);
    await store.save(batchOf(keys, 1000));
    await store.save(batchOf(keys, 2000));
    expect(await rowsLeft()).toBeGreaterThanOrEqual(2);
    expect(await counted(first)).toEqual(once(0, 0));
    expect(store.unwritten(first.keyId).map(({ secrets }) => secrets[0]?.uses)).toEqual([2]);
    await store.save(batchOf(keys, 3000));
    await store.settle();
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(3, 3000));
    expect(store.hasUnwritten).toBe(false);
  });

  test('is brought into the tables when it is of many keys, or after some time', async () => {
    const keys = await makeKeys(2);
    const bySize = journalStore(services().db, writer(), { ...NEVER_DUE, keys: 2 });
    await bySize.save(batchOf(keys.slice(1), 1000));
    expect(bySize.isDue).toBe(false);
    await bySize.save(batchOf(keys, 1000));
    expect(bySize.isDue).toBe(true);
    await bySize.settle();
    expect(bySize.isDue).toBe(false);
    const byTime = journalStore(services().db, writer(), { ...NEVER_DUE, ms: 0 });
    expect(byTime.isDue).toBe(false);
    await byTime.save(batchOf(keys, 2000));
    expect(byTime.isDue).toBe(true);
    await byTime.settle();
    expect(await counted(keys[1] as Key)).toEqual(once(3, 2000));
  });

  test('is not tried again at once where it could not be brought into the tables', async () => {
    const keys = await makeKeys(2);
    const faulty = faultyWriter(writer());
    const store = journalStore(services().db, faulty, { ...NEVER_DUE, keys: 1 });
    await store.save(batchOf(keys, 1000));
    faulty.failNext({ at: 0, when: 'before' });
    await expect(store.settle()).rejects.toThrow('full');
    expect(store.isDue).toBe(false);
    await store.settle();
    await store.save(batchOf(keys, 2000));
    expect(store.isDue).toBe(true);
    await store.settle();
    for (const key of keys) expect(await counted(key)).toEqual(once(2, 2000));
  });

  test('makes room for more by bringing what it holds into the tables', { timeout: 60_000 }, async () => {
    const [key] = (await makeKeys(1)) as [Key];
    const recorder = createUsageRecorder({ ...services(), background: writer() }, 60_000);
    const store = journalStore(services().db, writer(), NEVER_DUE);
    const full = emptyBatch();
    // Of keys that are gone: what is saved of them counts, and is passed over in the end.
    for (let number = 0; number < MINUTES_MAX; number += 1)
      noteUse(full, { ...key, keyId: `key_${number}`, secretId: `sec_${number}`, at: 1000, ip: null });
    await store.save(full);
    await expect(store.save(batchOf([key], 1000))).rejects.toThrow(NotSavedError);
    expect(store.isDue).toBe(true);
    await store.settle();
    await store.save(batchOf([key], 1000));
    await store.settle();
    recorder.accepted({ ...key, at: 2000, ip: null });
    await recorder.flush();
    expect(await counted(key)).toEqual(once(2, 2000));
  });

  test('of a process that was killed is written by the next, before it serves', async () => {
    const keys = await makeKeys(2);
    await journalStore(services().db, writer(), NEVER_DUE).save(batchOf(keys, 1000));
    const recorder = createUsageRecorder({ ...services(), background: writer() }, 60_000);
    onTestFinished(() => recorder.stop());
    await recorder.start();
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(1, 1000));
  });

  test('that can not be written keeps no server from starting', async () => {
    const keys = await makeKeys(2);
    await journalStore(services().db, writer(), NEVER_DUE).save(batchOf(keys, 1000));
    const faulty = faultyWriter(writer());
    faulty.failNext({ at: 0, when: 'before' });
    const recorder = createUsageRecorder({ ...services(), background: faulty }, 60_000);
    await recorder.start();
    expect(recorder.status().failures).toBe(1);
    expect(services().lines.at(-1)).toContain('kept for the next try');
    await recorder.stop();
    for (const key of keys) expect(await counted(key)).toEqual(once(1, 1000));
  });

  test('leaves rows of another form alone', async () => {
    const row = { id: 'later', activities: '{"version":2,"entries":[]}' };
    await services().db.insertInto('usage_journal').values(row).execute();
    const store = journalStore(services().db, writer(), NEVER_DUE);
    expect(await store.adopt('all')).toBe(false);
    expect(await rowsLeft()).toBe(1);
    await services().db.deleteFrom('usage_journal').execute();
  });

  test('of two processes on one file is written once, whichever brings it into the tables', async () => {
    const keys = await makeKeys(2);
    const old = journalStore(services().db, writer(), NEVER_DUE);
    await old.save(batchOf(keys, 1000));
    const next = journalStore(services().db, writer(), NEVER_DUE);
    expect(await next.adopt('all')).toBe(true);
    await next.settle();
    await old.save(batchOf(keys, 2000));
    expect(await next.adopt('all')).toBe(true);
    await Promise.all([old.settle(), next.settle()]);
    await Promise.all([old.settle(), next.settle()]);
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(2, 2000));
  });

  test('is all written where another process wrote a part of it meanwhile', async () => {
    const keys = await makeKeys(8);
    const store = journalStore(services().db, writer(), NEVER_DUE);
    await store.save(batchOf(keys.slice(0, 4), 1000));
    const other = journalStore(services().db, writer(), NEVER_DUE);
    await other.adopt('all');
    await other.settle();
    await store.save(batchOf(keys.slice(4), 1000));
    await store.settle();
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(1, 1000));
    expect(store.hasUnwritten).toBe(false);
  });

  test('of others is left to them while they may live', async () => {
    const keys = await makeKeys(1);
    const living = journalStore(services().db, writer(), NEVER_DUE);
    const store = journalStore(services().db, writer(), NEVER_DUE);
    await living.save(batchOf(keys, 1000));
    expect(await store.adopt('lingering')).toBe(false);
    expect(await store.adopt('lingering')).toBe(true);
    await store.settle();
    for (const key of keys) expect(await counted(key)).toEqual(once(1, 1000));
  });

  test('takes no more rows than can be looked through', { timeout: 60_000 }, async () => {
    const keys = await makeKeys(40);
    const faulty = faultyWriter(writer());
    const store = journalStore(services().db, faulty, NEVER_DUE);
    let saved = 0;
    for (let at = 1; at <= 150; at += 1) {
      const isSaved = await store.save(batchOf(keys, at)).then(
        () => true,
        () => false,
      );
      if (isSaved) saved += 1;
    }
    expect(saved).toBeLessThan(150);
    expect(await rowsLeft()).toBeLessThan(2_100);
    expect(store.isDue).toBe(true);
    await store.settle();
    for (const key of keys) expect(await counted(key)).toEqual(once(saved, saved));
  });

  test('is saved at every interval, and shown at once', async () => {
    const [key] = (await makeKeys(1)) as [Key];
    const recorder = createUsageRecorder({ ...services(), background: writer() }, 5);
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
    const recorder = createUsageRecorder({ ...services(), background: writer() }, 1);
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
      expect((await counted(keys[7] as Key))?.uses).toBeGreaterThanOrEqual(before);
    }
    isOver = true;
    await stream;
    await recorder.flush();
    for (const key of keys) expect(await counted(key)).toEqual(once(uses, start + uses));
  });

  test('is brought into the tables in small transactions, between which a change has its turn', async () => {
    const keys = await makeKeys(120);
    const sizes: number[] = [];
    const counting: BackgroundWriter = {
      async write(writes) {
        const rows = (part: string) => writes.find(({ sql: text }) => text.includes(part))?.rows.length ?? 0;
        if (rows('update api_key_usage ') > 0) sizes.push(rows('update api_key_usage '));
        await writer().write(writes);
      },
    };
    const store = journalStore(services().db, counting, NEVER_DUE, { min: 2, max: 4 });
    await store.save(batchOf(keys, 1000));
    const turns = countTurns();
    await store.settle();
    turns.stop();
    // What is not more than twice as much is not cut.
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(keys.length);
    expect(turns.count).toBeGreaterThanOrEqual(sizes.length - 1);
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(1, 1000));
  });

  test.each([
    ['many keys at a time', { min: 25, max: 500 }],
    ['few keys at a time', { min: 1, max: 2 }],
  ])(
    'counts each use once, whatever fails before or after its commit, with %s',
    { timeout: PROPERTY_TIMEOUT_MS },
    async (_name, size) => {
      const [rare, ...others] = (await makeKeys(60)) as [Key, ...Key[]];
      let [uses, time] = [0, 0];
      await fc.assert(
        fc.asyncProperty(fc.array(STEP, { maxLength: 12 }), async (steps) => {
          const faulty = faultyWriter(writer());
          const reader = faultyReader(services().db);
          const store = journalStore(reader.db, faulty, NEVER_DUE, size);
          // As the recorder does: what was not taken is handed over with the next.
          let rest = emptyBatch();
          const save = async (batch: Batch): Promise<void> => {
            const whole = mergeBatches([rest, batch]);
            rest = emptyBatch();
            await store.save(whole).catch((error: unknown) => {
              if (error instanceof NotSavedError) rest = error.rest;
            });
          };
          const settle = (): Promise<void> => store.settle().catch(() => {});
          for (const { step, fault, failsReading } of steps) {
            faulty.failNext(fault);
            reader.fails(failsReading);
            if (step !== 'settle') {
              time += 1;
              uses += 1;
            }
            const keys = step === 'save many' ? [rare, ...others] : [rare];
            if (step === 'settle') await settle();
            else if (step === 'save beside settling')
              await Promise.all([settle(), save(batchOf(keys, time))]);
            else await save(batchOf(keys, time));
            reader.fails(false);
            const waiting = rest.keys.get(rare.keyId)?.secrets[0]?.uses ?? 0;
            expect((await seen(store, rare)) + waiting).toBe(uses);
          }
          faulty.failNext(null);
          await save(emptyBatch());
          await settle();
          expect(await counted(rare)).toEqual(once(uses, time));
          expect(await rowsLeft()).toBe(0);
        }),
        runs(60, { seed: 20261128, endOnFailure: true }),
      );
    },
  );
});

type Fault = null | { readonly at: number; readonly when: 'before' | 'after' };

const STEP = fc.record({
  step: fc.constantFrom('save', 'save many', 'settle', 'save beside settling'),
  fault: fc.option(fc.record({ at: fc.nat(8), when: fc.constantFrom('before' as const, 'after' as const) })),
  failsReading: fc.boolean(),
});

/** Fails one of the next writes: before it begins, or after its commit, as when the thread ends at that moment. */
function faultyWriter(real: BackgroundWriter): BackgroundWriter & { failNext(fault: Fault): void } {
  let fault: Fault = null;
  return {
    failNext(next) {
      fault = next;
    },
    async write(writes) {
      const now = fault?.at === 0 ? fault.when : null;
      fault = fault && fault.at > 0 ? { ...fault, at: fault.at - 1 } : null;
      if (now === 'before') throw new Error('The disk is full');
      await real.write(writes);
      if (now === 'after') throw new Error('The thread that writes has ended');
    },
  };
}

/** A database that can be made unreadable. */
function faultyReader(real: Kysely<Tables>): { readonly db: Kysely<Tables>; fails(now: boolean): void } {
  let isAway = false;
  const db = new Proxy(real, {
    get(target, name) {
      if (isAway && name === 'selectFrom') throw new Error('The database is away');
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    db,
    fails: (now) => {
      isAway = now;
    },
  };
}
