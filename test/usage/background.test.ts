import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../db/open.ts';
import { newId } from '../../src/core/ids.ts';
import { createUsageRecorder } from '../../src/usage/recorder.ts';
import { servicesOn } from '../support/services.ts';
import { makeUsedKeys } from '../support/usage.ts';

describe('usage written beside the thread that answers', () => {
  const services = servicesOn('sqlite');
  const others = servicesOn('postgres');

  /** Some keys, and what is written of them under names that don't differ from time to time. */
  async function made(count: number, of = services()) {
    const keys = await makeUsedKeys(of, count);
    const { db } = of;
    const organizationId = keys[0]?.organizationId ?? '';
    const written = async () => {
      const { rows: uses } = await sql<{ key: string; at: number; ip: string; uses: number; usedAt: number }>`
        select keys.api_key_id as key, keys.last_used_at as at, last_used_ip as ip, uses, secrets.last_used_at as "usedAt"
        from api_key_usage as keys
        join api_key_secrets on api_key_secrets.api_key_id = keys.api_key_id
        join api_key_secret_usage as secrets on secrets.secret_id = api_key_secrets.id
        where organization_id = ${organizationId}
        order by keys.api_key_id`.execute(db);
      const { rows: buckets } = await sql<{ key: string; granularity: string; start: number }>`
        select api_key_id as key, granularity, start, verified, denied from api_key_usage_buckets
        where organization_id = ${organizationId} order by api_key_id, granularity, start`.execute(db);
      const place = new Map(keys.map(({ keyId }, index) => [keyId, index]));
      const named = <T extends { key: string }>(rows: T[]) =>
        rows
          .map(({ key, ...rest }) => ({ place: place.get(key) ?? -1, ...rest }))
          .sort((a, b) => a.place - b.place);
      return { uses: named(uses), buckets: named(buckets) };
    };
    return { keys, written };
  }

  /** Uses and denials over two hours, some written at once, some together, some of the past. */
  async function play(
    recorder: ReturnType<typeof createUsageRecorder>,
    keys: Awaited<ReturnType<typeof made>>['keys'],
  ): Promise<void> {
    const start = Date.UTC(2030, 0, 1, 23);
    for (let turn = 0; turn < 3_000; turn += 1) {
      const key = keys[(turn * 7) % keys.length];
      if (!key) continue;
      const at = start + ((turn * 7919) % 7_200_000);
      const ip = turn % 3 === 0 ? null : `192.0.2.${turn % 250}`;
      if (turn % 5 === 0) recorder.denied({ ...key, code: 'DISABLED', at, ip });
      else recorder.accepted({ ...key, at, ip });
      if (turn % 500 === 0) await recorder.flush();
    }
    const gone = { organizationId: newId('org'), keyId: newId('key'), secretId: newId('sec') };
    recorder.accepted({ ...gone, at: start, ip: null });
    await recorder.flush();
  }

  test('is the same as on PostgreSQL', async () => {
    const [one, other] = [await made(230, others()), await made(230)];
    await play(createUsageRecorder(others(), 60_000), one.keys);
    await play(createUsageRecorder(services(), 60_000), other.keys);
    const expected = await one.written();
    expect(expected.uses).toHaveLength(230);
    expect(await other.written()).toEqual(expected);
  });

  test('is kept where it can not be written, and written with the next', async () => {
    const { keys, written } = await made(3);
    const recorder = createUsageRecorder(services(), 60_000);
    const use = (at: number) => {
      for (const key of keys) recorder.accepted({ ...key, at, ip: null });
    };
    use(1000);
    await sql`alter table api_key_usage_buckets rename to away`.execute(services().db);
    await recorder.flush();
    expect(services().lines.at(-1)).toContain('could not be written and will be retried');
    expect(recorder.pendingSecret(keys[0]?.keyId ?? '', keys[0]?.secretId ?? '', 0)).toMatchObject({
      at: 1000,
      uses: 1,
    });
    await sql`alter table away rename to api_key_usage_buckets`.execute(services().db);
    expect((await written()).uses.map(({ uses }) => uses)).toEqual([0, 0, 0]);
    use(2000);
    await recorder.flush();
    expect((await written()).uses.map(({ uses, at }) => [uses, at])).toEqual([
      [2, 2000],
      [2, 2000],
      [2, 2000],
    ]);
    expect(recorder.pendingSecret(keys[0]?.keyId ?? '', keys[0]?.secretId ?? '', 2000)).toBeUndefined();
  });

  test('waits for a change that is under way, and no change waits for all of it', async () => {
    const { keys, written } = await made(2);
    const recorder = createUsageRecorder(services(), 60_000);
    const flushed = services()
      .db.transaction()
      .execute(async (tx) => {
        await sql`update organization_sequences set value = value`.execute(tx);
        for (const key of keys) recorder.accepted({ ...key, at: 1000, ip: null });
        const flush = recorder.flush();
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(recorder.pendingSecret(keys[0]?.keyId ?? '', keys[0]?.secretId ?? '', 0)).toMatchObject({
          uses: 1,
        });
        return { flush };
      });
    await (await flushed).flush;
    expect((await written()).uses.map(({ uses }) => uses)).toEqual([1, 1]);
  });

  test('is in a count of uses once, at whatever moment the row is read', async () => {
    const { keys } = await made(1);
    const recorder = createUsageRecorder(services(), 60_000);
    const [key] = keys;
    if (!key) throw new Error('There is no key');
    const counted = async (): Promise<number> => {
      const row = await services()
        .db.selectFrom('api_key_secret_usage')
        .select(['uses', 'last_used_at'])
        .where('secret_id', '=', key.secretId)
        .executeTakeFirstOrThrow();
      return row.uses + (recorder.pendingSecret(key.keyId, key.secretId, row.last_used_at)?.uses ?? 0);
    };
    for (let uses = 1; uses <= 20; uses += 1) {
      recorder.accepted({ ...key, at: uses * 1000, ip: null });
      let done = false;
      const flush = recorder.flush().then(() => {
        done = true;
      });
      while (!done) {
        expect(await counted()).toBe(uses);
        await turn();
      }
      await flush;
      expect(await counted()).toBe(uses);
    }
  });

  test('can be written after the thread has ended', async () => {
    const own = await openDatabase(services().config.databaseUrl);
    const { keys, written } = await made(1);
    const recorder = createUsageRecorder({ ...services(), unhurried: own.unhurried }, 60_000);
    const [key] = keys;
    if (!key) throw new Error('There is no key');
    recorder.accepted({ ...key, at: 1000, ip: null });
    await recorder.flush();
    await own.close();
    const again = createUsageRecorder(services(), 60_000);
    again.accepted({ ...key, at: 2000, ip: null });
    await again.flush();
    expect((await written()).uses).toMatchObject([{ uses: 2, at: 2000 }]);
  });
});
