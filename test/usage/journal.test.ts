import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type BackgroundWriter, type Database, openDatabase } from '../../db/open.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { emptyBatch, noteUse } from '../../src/usage/batch.ts';
import { type JournalStore, journalStore } from '../../src/usage/journal-store.ts';
import { createUsageRecorder } from '../../src/usage/recorder.ts';
import { NotSavedError } from '../../src/usage/store.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';
import { eventually } from '../support/wait.ts';

interface Key {
  readonly keyId: string;
  readonly secretId: string;
  readonly organizationId: string;
}

/** Keys of one transaction, as in the store: more than that go into the journal in parts. */
const PART_KEYS = 500;

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

  async function makeKeys(count: number): Promise<Key[]> {
    const { ctx, organization } = await makeOrganization(services());
    const keys: Key[] = [];
    for (let index = 0; index < count; index += 1) {
      const { id: keyId } = (await createApiKey(ctx, { name: `${index}` })).result.apiKey;
      const { id: secretId } = await ctx.db
        .selectFrom('api_key_secrets')
        .select('id')
        .where('api_key_id', '=', keyId)
        .executeTakeFirstOrThrow();
      keys.push({ keyId, secretId, organizationId: organization.id });
    }
    return keys;
  }

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

  test('holds what is saved, one row a time, until it is brought into the tables', async () => {
    const keys = await makeKeys(3);
    const [first] = keys as [Key];
    const store = journalStore(services().db, writer(), NEVER_DUE);
    await store.save(batchOf(keys, 1000));
    await store.save(batchOf(keys, 2000));
    expect(await rowsLeft()).toBe(2);
    expect(await counted(first)).toEqual(once(0, 0));
    expect(store.unwritten.map(({ keys: saved }) => saved.get(first.keyId)?.secrets[0]?.uses)).toEqual([2]);
    await store.write(batchOf(keys, 3000));
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(3, 3000));
    expect(store.unwritten.every(({ keys: left }) => left.size === 0)).toBe(true);
  });

  test('is brought into the tables when it is of many keys, or after some time', async () => {
    const keys = await makeKeys(2);
    const bySize = journalStore(services().db, writer(), { ...NEVER_DUE, keys: 2 });
    await bySize.save(batchOf(keys.slice(1), 1000));
    expect(bySize.isDue).toBe(false);
    await bySize.save(batchOf(keys, 1000));
    expect(bySize.isDue).toBe(true);
    await bySize.write(emptyBatch());
    expect(bySize.isDue).toBe(false);
    const byTime = journalStore(services().db, writer(), { ...NEVER_DUE, ms: 0 });
    expect(byTime.isDue).toBe(false);
    await byTime.save(batchOf(keys, 2000));
    expect(byTime.isDue).toBe(true);
    await byTime.write(emptyBatch());
    expect(await counted(keys[1] as Key)).toEqual(once(3, 2000));
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

  test('of two processes on one file is written once, whichever brings it into the tables', async () => {
    const keys = await makeKeys(2);
    const old = journalStore(services().db, writer(), NEVER_DUE);
    await old.save(batchOf(keys, 1000));
    const next = journalStore(services().db, writer(), NEVER_DUE);
    await next.recover();
    await old.write(batchOf(keys, 2000));
    expect(await rowsLeft()).toBe(0);
    for (const key of keys) expect(await counted(key)).toEqual(once(2, 2000));
  });

  test('is saved at every interval, and shown at once', async () => {
    const [key] = (await makeKeys(1)) as [Key];
    const recorder = createUsageRecorder({ ...services(), background: writer() }, 5);
    onTestFinished(() => recorder.stop());
    await recorder.start();
    recorder.accepted({ ...key, at: 1000, ip: '192.0.2.1' });
    await eventually(async () => (await rowsLeft()) === 1);
    expect(await counted(key)).toEqual(once(0, 0));
    expect(recorder.pendingKey(key.keyId)).toEqual({ at: 1000, ip: '192.0.2.1' });
    expect(recorder.pendingSecret(key.keyId, key.secretId, 0)).toEqual({ at: 1000, uses: 1 });
    expect(recorder.status().waitingMs).toBe(0);
    await recorder.flush();
    expect(await counted(key)).toEqual(once(1, 1000));
  });

  test('counts each use once, whatever fails before or after its commit', { timeout: 60_000 }, async () => {
    const keys = await makeKeys(PART_KEYS + 2);
    const [rare, ...others] = keys as [Key, ...Key[]];
    let before = 0;
    let time = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 12 }), async (steps) => {
        const faulty = faultyWriter(writer());
        const store = journalStore(services().db, faulty, NEVER_DUE);
        let [uses, rest] = [0, emptyBatch()];
        for (const [step, fault] of steps) {
          time += 1;
          const batch = batchOf(step === 'write many' ? [rare, ...others] : [rare], time);
          uses += 1;
          faulty.failNext(fault);
          const hand = step === 'save' ? store.save : store.write;
          await hand(batch).catch((error: unknown) => {
            if (error instanceof NotSavedError) rest = error.rest;
          });
          // As the recorder does: what was not taken is handed over with the next.
          faulty.failNext(null);
          if (rest.keys.size > 0) await store.save(rest);
          rest = emptyBatch();
          expect(await seen(store, rare, before)).toBe(uses);
        }
        await store.write(emptyBatch());
        before += uses;
        expect(await counted(rare)).toEqual(once(before, before === 0 ? 0 : time));
        expect(await rowsLeft()).toBe(0);
      }),
      { numRuns: 40, seed: 20261128 },
    );
  });

  /** Uses that a reader sees beyond those of before: the row's, and what it does not hold yet. */
  async function seen(store: JournalStore, key: Key, before: number): Promise<number> {
    const row = await counted(key);
    const waiting = store.unwritten.map(({ keys }) => keys.get(key.keyId)?.secrets[0]?.uses ?? 0);
    return (row?.uses ?? 0) - before + waiting.reduce((sum, one) => sum + one, 0);
  }
});

type Fault = null | { readonly at: number; readonly when: 'before' | 'after' };

const STEP = fc.tuple(
  fc.constantFrom('save', 'write', 'write many'),
  fc.option(fc.record({ at: fc.nat(3), when: fc.constantFrom('before' as const, 'after' as const) })),
);

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
