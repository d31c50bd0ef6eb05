import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openPostgresServer } from '../support/postgres-server.ts';
import { openRedis, REDIS_MISSING } from '../support/redis-server.ts';
import { eventually } from '../support/wait.ts';
import { type ClusterNode, clusterFor, startCluster } from './cluster.ts';
import { Drill } from './drill.ts';

const LEASE_MS = 1_500;
const FLUSH_MS = 200;

/** `FAULTS=long` repeats and enlarges everything. */
const TIMES = process.env.FAULTS === 'long' ? 20 : 1;

/** Waits until a node accepts a key again. */
function recovers(drill: Drill, node: ClusterNode, key: Parameters<Drill['verify']>[1]) {
  return eventually(async () => (await drill.verify(node, key)) === 200, { timeoutMs: 20_000 });
}

describe('three servers on one database', { timeout: 60_000 * TIMES }, () => {
  const cluster = clusterFor({ leaseMs: LEASE_MS, usageFlushMs: FLUSH_MS });

  test('refuse a revoked key everywhere once that is answered, under load', async () => {
    const drill = await Drill.open(cluster());
    drill.followEverywhere();
    const keys = await drill.createKeys(10 + 40 * TIMES);
    drill.load(keys);
    await drill.revokeInTurn(keys.slice(10), () => drill.cluster.nodes);
    await drill.judge();
    for (const { confirmedNodes, totalNodes } of drill.checker.revoked)
      expect([confirmedNodes, totalNodes]).toEqual([3, 3]);
    expect(drill.checker.undecided()).toEqual([]);
    await pause(FLUSH_MS);
    await eventually(() => drill.judgeUsage().then(() => true));
  });

  test('wait for a frozen one until its lease is over, and it refuses when it wakes', async () => {
    const drill = await Drill.open(cluster());
    const keys = await drill.createKeys(10 * TIMES);
    const frozen = drill.node(2);
    for (const key of keys) await drill.everywhere(key);
    for (let round = 0; round < 2 * TIMES; round += 1) {
      const own = keys.slice(round * 5, round * 5 + 5);
      // When it wakes, what it missed may come at once, or not for a long time.
      if (round % 2 === 1) frozen.toListen.swallow();
      frozen.kill('SIGSTOP');
      const propagations = await Promise.all(own.map((key) => drill.revoke(drill.node(0), key)));
      for (const propagation of propagations) {
        expect(propagation).toMatchObject({ confirmedNodes: 2, totalNodes: 3 });
        expect(propagation?.milliseconds).toBeLessThan(LEASE_MS * 2);
      }
      // Asked while it sleeps, and answered when it wakes.
      const asleep = own.flatMap((key) => [drill.verify(frozen, key), drill.verify(frozen, key)]);
      await pause(200);
      frozen.kill('SIGCONT');
      for (const status of await Promise.all(asleep)) expect(status).not.toBe(200);
      frozen.toListen.mend();
      await eventually(
        async () => (await drill.revoke(frozen, await drill.createKey()))?.confirmedNodes === 3,
        {
          timeoutMs: 10_000,
        },
      );
    }
    await drill.judge();
  });

  test('lose one that is killed while it revokes, and no revocation with it', async () => {
    const drill = await Drill.open(cluster());
    const victim = drill.node(1);
    for (let round = 0; round < TIMES; round += 1) {
      const keys = await drill.createKeys(30);
      drill.load(keys);
      let killedAt = 0;
      let answered = 0;
      const revocations = keys.slice(5).map(async (key) => {
        if (await drill.revoke(victim, key)) answered += 1;
        if (answered < 5 || killedAt > 0) return;
        victim.kill('SIGKILL');
        killedAt = performance.now();
      });
      await Promise.all(revocations);
      await drill.rest();
      // What was committed without an answer is known to the others all the same.
      const { kysely } = await drill.openDatabase();
      const rows = await kysely.selectFrom('api_keys').select(['id', 'revoked_at']).execute();
      const revoked = new Map(rows.map((row) => [row.id, row.revoked_at !== null]));
      for (const key of keys)
        for (const node of [drill.node(0), drill.node(2)])
          expect(await drill.verify(node, key)).toBe(revoked.get(key.id) ? 401 : 200);
      await victim.start();
      for (const key of keys) expect(await drill.verify(victim, key)).toBe(revoked.get(key.id) ? 401 : 200);
      await drill.judge();
      // What one flush was writing, and what was gathered meanwhile for the next.
      const atRisk = drill.checker.verified.filter(
        ({ node, status, answeredAt }) =>
          node === victim.name &&
          status === 200 &&
          answeredAt < killedAt + 10 &&
          answeredAt > killedAt - 2 * FLUSH_MS - 100,
      );
      await eventually(() => drill.judgeUsage(atRisk.length).then(() => true));
    }
  });

  const cuts: [title: string, ways: readonly ('toListen' | 'toDatabase')[], how: 'cut' | 'swallow'][] = [
    ['whose listening connection is cut', ['toListen'], 'cut'],
    ['whose listening connection goes silent', ['toListen'], 'swallow'],
    ['whose connections to the database are cut', ['toDatabase'], 'cut'],
    ['that is cut off from the database altogether', ['toDatabase', 'toListen'], 'cut'],
    ['to which the database goes silent', ['toDatabase', 'toListen'], 'swallow'],
  ];
  test.each(cuts)('accept nothing late at a node %s', async (_title, ways, how) => {
    const drill = await Drill.open(cluster());
    drill.followEverywhere();
    const keys = await drill.createKeys(10 + 5 * TIMES);
    const [kept] = keys.splice(0, 1);
    if (!kept) throw new Error('There is no key');
    const spoilt = drill.node(2);
    drill.load(keys);
    for (const key of keys) await drill.everywhere(key);
    for (let round = 0; round < TIMES; round += 1) {
      for (const way of ways) spoilt[way][how]();
      const own = keys.slice(round * 5, round * 5 + 5);
      await drill.revokeInTurn(own, () => [drill.node(0), drill.node(1)]);
      spoilt.toDatabase.mend();
      spoilt.toListen.mend();
      await recovers(drill, spoilt, kept);
    }
    await drill.judge();
    await eventually(async () => {
      const [key] = await drill.createKeys(1);
      return key && (await drill.revoke(drill.node(0), key))?.confirmedNodes === 3;
    });
  });

  test('answer 503, and nothing out of memory, when the lease is over and the database gone', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'keywright-faults-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const postgres = await openPostgresServer(directory, { fsync: 'on', synchronous_commit: 'on' });
    onTestFinished(() => postgres.stop().catch(() => {}));
    const drill = await Drill.open(await startCluster({ leaseMs: LEASE_MS, databaseUrl: postgres.url }));
    drill.followEverywhere();
    const keys = await drill.createKeys(10 + 5 * TIMES);
    const [kept] = keys.splice(0, 1);
    if (!kept) throw new Error('There is no key');
    for (let round = 0; round < TIMES; round += 1) {
      await drill.everywhere(kept);
      await postgres.stop();
      const stoppedAt = performance.now();
      await pause(LEASE_MS + 100);
      expect(await drill.everywhere(kept)).toEqual([503, 503, 503]);
      const late = drill.checker.verified.filter(
        ({ status, sentAt }) => status === 200 && sentAt > stoppedAt + LEASE_MS,
      );
      expect(late).toEqual([]);
      await postgres.start();
      for (const node of drill.cluster.nodes) await recovers(drill, node, kept);
      await drill.revokeInTurn(keys.slice(round * 5, round * 5 + 5), () => drill.cluster.nodes);
    }
    await drill.judge();
  });

  test('keep their word where commits are slow, and where only their answers are', async () => {
    const drill = await Drill.open(cluster());
    drill.followEverywhere();
    const keys = await drill.createKeys(20 * TIMES);
    const { kysely } = await drill.openDatabase();
    await sql`create function slowly() returns trigger language plpgsql as
      $$ begin perform pg_sleep(0.1); return null; end $$`.execute(kysely);
    await sql`create constraint trigger slowly after insert on audit_log
      deferrable initially deferred for each row execute function slowly()`.execute(kysely);
    drill.load(keys);
    await drill.revokeInTurn(keys.slice(0, 8 * TIMES), () => drill.cluster.nodes);
    await sql`drop trigger slowly on audit_log`.execute(kysely);
    drill.node(0).toDatabase.delayAnswers(100);
    await drill.revokeInTurn(keys.slice(8 * TIMES, 12 * TIMES), () => [drill.node(0)]);
    drill.node(0).toDatabase.mend();
    drill.node(1).toListen.delayAnswers(200);
    await drill.revokeInTurn(keys.slice(12 * TIMES, 16 * TIMES), () => drill.cluster.nodes);
    await drill.judge();
  });

  test('give 200 writers of one organization one order, everywhere the same and without gaps', async () => {
    const drill = await Drill.open(cluster());
    drill.followEverywhere();
    const keys = await drill.createKeys(10);
    for (let round = 0; round < TIMES; round += 1) {
      const changes = Array.from({ length: 200 }, (_, number) => {
        const [node, key] = [drill.node(number % 3), keys[number % keys.length]];
        return key && drill.rename(node, key, `Name ${round} ${number}`);
      });
      for (const data of await Promise.all(changes))
        expect(data?.updateApiKey.__typename).toBe('UpdateApiKeyPayload');
    }
    await drill.judge();
  });

  test('fail no client that tries twice while they are restarted one by one', async () => {
    const drill = await Drill.open(cluster());
    drill.followEverywhere();
    const keys = await drill.createKeys(20);
    let restarting = true;
    let failed = 0;
    let tried = 0;
    const client = async (number: number): Promise<void> => {
      for (let turn = number; restarting; turn += 1) {
        const key = keys[turn % keys.length];
        if (!key) return;
        tried += 1;
        const first = await drill.verify(drill.node(turn % 3), key);
        if (first !== 200 && (await drill.verify(drill.node((turn + 1) % 3), key)) !== 200) failed += 1;
        await pause(5);
      }
    };
    const clients = Array.from({ length: 6 }, (_, number) => client(number));
    for (let round = 0; round < Math.max(1, TIMES / 4); round += 1) {
      for (const node of drill.cluster.nodes) {
        expect(await node.stop()).toBe(0);
        await node.start();
      }
    }
    restarting = false;
    await Promise.all(clients);
    expect(failed).toBe(0);
    expect(tried).toBeGreaterThan(100);
    await drill.judge();
    await eventually(() => drill.judgeUsage().then(() => true));
  });

  test.skipIf(REDIS_MISSING)(
    `keep limits exact with Redis, and their own without it${REDIS_MISSING ? ` (skipped: ${REDIS_MISSING})` : ''}`,
    async () => {
      const redis = await openRedis();
      const drill = await Drill.open(
        await startCluster({ leaseMs: LEASE_MS, env: { REDIS_URL: redis.url } }),
      );
      const limit = 30;
      const exhaust = async () => {
        const key = await drill.createKey(drill.node(0), { limit, windowSeconds: 3_600 });
        const asked = Array.from({ length: 40 }, () => drill.everywhere(key));
        const statuses = (await Promise.all(asked)).flat();
        expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
        return statuses.filter((status) => status === 200).length;
      };
      for (let round = 0; round < TIMES; round += 1) {
        expect(await exhaust()).toBe(limit);
        await redis.stop();
        expect(await exhaust()).toBe(3 * limit);
        await redis.start();
        await eventually(async () => (await exhaust()) === limit, { timeoutMs: 10_000 });
        expect(await exhaust()).toBe(limit);
      }
      await drill.judge();
    },
  );

  test('don’t mind clocks that are a minute off', async () => {
    const skewMs = [0, 60_000, -60_000];
    const drill = await Drill.open(await startCluster({ leaseMs: LEASE_MS, skewMs }));
    drill.followEverywhere();
    const keys = await drill.createKeys(10 + 20 * TIMES);
    const frozen = drill.node(1);
    drill.load(keys);
    await drill.revokeInTurn(keys.slice(0, 10 * TIMES), () => drill.cluster.nodes);
    for (const { confirmedNodes } of drill.checker.revoked) expect(confirmedNodes).toBe(3);
    frozen.kill('SIGSTOP');
    await drill.revokeInTurn(keys.slice(10 * TIMES, 10 * TIMES + 2), () => [drill.node(0), drill.node(2)]);
    frozen.kill('SIGCONT');
    await drill.judge();
  });
});
