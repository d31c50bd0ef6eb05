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
import { Drill, type DrillKey, holds } from './drill.ts';

const LEASE_MS = 1_500;
const FLUSH_MS = 200;

/** `FAULTS=long` repeats and enlarges everything. */
const TIMES = process.env.FAULTS === 'long' ? 10 : 1;

/** Long enough for a machine with much else to do: what is promised within a time is checked by itself. */
const TIMEOUT_MS = 180_000 * TIMES;

/** Waits until a node accepts a key again. */
function recovers(drill: Drill, node: ClusterNode, key: DrillKey): Promise<void> {
  return holds(async () => expect(await drill.verify(node, key)).toBe(200));
}

/** Waits until every node confirms what a node changes. */
function confirmsEverywhere(drill: Drill, node: ClusterNode): Promise<void> {
  return holds(async () => {
    const key = await drill.createKey();
    const propagation = await drill.revoke(node, key);
    expect(await drill.everywhere(key)).toEqual([401, 401, 401]);
    expect(propagation).toMatchObject({ confirmedNodes: 3, totalNodes: 3 });
  });
}

/** With all healthy, nodes confirm: but for what a machine with much else to do kept from its turn. */
function expectConfirmed(drill: Drill): void {
  const { revoked } = drill.checker;
  const confirmed = revoked.filter(({ confirmedNodes }) => confirmedNodes === 3);
  for (const { totalNodes } of revoked) expect(totalNodes).toBe(3);
  expect(confirmed.length).toBeGreaterThan(revoked.length / 2);
}

describe('three servers on one database', { timeout: TIMEOUT_MS }, () => {
  const cluster = clusterFor({ leaseMs: LEASE_MS, usageFlushMs: FLUSH_MS });

  test('refuse a revoked key everywhere once that is answered, under load', async () => {
    const drill = await Drill.open(cluster());
    drill.followEverywhere();
    const keys = await drill.createKeys(10 + 40 * TIMES);
    drill.load(keys);
    await drill.revokeInTurn(keys.slice(10), () => drill.cluster.nodes);
    await drill.judge();
    expectConfirmed(drill);
    expect(drill.checker.undecided()).toEqual([]);
    await drill.judgeUsage();
  });

  test('wait for a frozen one until its lease is over, and it refuses when it wakes', async () => {
    const drill = await Drill.open(cluster());
    drill.followEverywhere();
    const keys = await drill.createKeys(10 * TIMES);
    const frozen = drill.node(2);
    for (const key of keys) await drill.everywhere(key);
    for (let round = 0; round < 2 * TIMES; round += 1) {
      const own = keys.slice(round * 5, round * 5 + 5);
      // When it wakes, what it missed may come at once, or not for a long time.
      if (round % 2 === 1) frozen.toListen.swallow();
      frozen.kill('SIGSTOP');
      const propagations = await Promise.all(own.map((key) => drill.revoke(drill.node(0), key)));
      // Once its lease is over, nobody counts on it any more.
      for (const propagation of propagations) expect(propagation?.confirmedNodes).toBeLessThan(3);
      // Asked while it sleeps, and answered when it wakes.
      const asleep = own.flatMap((key) => [drill.verify(frozen, key), drill.verify(frozen, key)]);
      await pause(200);
      frozen.kill('SIGCONT');
      for (const status of await Promise.all(asleep)) expect(status).not.toBe(200);
      frozen.toListen.mend();
      await confirmsEverywhere(drill, frozen);
    }
    for (const key of keys) expect(await drill.everywhere(key)).toEqual([401, 401, 401]);
    await drill.judge();
  });

  test('lose one that is killed while it revokes, and no revocation with it', async () => {
    const drill = await Drill.open(cluster());
    drill.followEverywhere();
    const victim = drill.node(1);
    let atRisk = 0;
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
      await victim.start();
      // What was committed without an answer, maybe a moment after the end, is known to all.
      const { kysely } = await drill.openDatabase();
      await holds(async () => {
        const rows = await kysely.selectFrom('api_keys').select(['id', 'revoked_at']).execute();
        const revoked = new Set(rows.filter((row) => row.revoked_at !== null).map((row) => row.id));
        for (const key of keys) {
          const right = revoked.has(key.id) ? 401 : 200;
          expect(await drill.everywhere(key)).toEqual([right, right, right]);
        }
      });
      await drill.judge();
      // What one flush was writing, and what was gathered meanwhile for the next.
      atRisk += drill.checker.verified.filter(
        ({ node, status, answeredAt }) =>
          node === victim.name &&
          status === 200 &&
          answeredAt < killedAt + 10 &&
          answeredAt > killedAt - 2 * FLUSH_MS - 1_000,
      ).length;
      await drill.judgeUsage(atRisk);
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
    const keys = await drill.createKeys(10 + 6 * TIMES);
    const [kept] = keys.splice(0, 1);
    if (!kept) throw new Error('There is no key');
    const spoilt = drill.node(2);
    drill.load(keys);
    for (const key of keys) await drill.everywhere(key);
    for (let round = 0; round < TIMES; round += 1) {
      for (const way of ways) spoilt[way][how]();
      const [last, ...own] = keys.slice(round * 6, round * 6 + 6);
      await drill.revokeInTurn(own, () => [drill.node(0), drill.node(1)]);
      // It can still change what is in the database, and has to wait for all the others, whom it doesn't hear.
      if (last && !ways.includes('toDatabase')) await drill.revokeInTurn([last], () => [spoilt]);
      spoilt.toDatabase.mend();
      spoilt.toListen.mend();
      await recovers(drill, spoilt, kept);
    }
    await drill.judge();
    await confirmsEverywhere(drill, drill.node(0));
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
    drill.node(1).toListen.mend();
    await drill.judge();
  });

  test('give 200 writers of one organization one order, everywhere the same and without gaps', async () => {
    const drill = await Drill.open(cluster());
    drill.followEverywhere();
    const keys = await drill.createKeys(10);
    for (let round = 0; round < TIMES; round += 1) {
      const writers = Array.from({ length: 200 }, (_, number) => {
        const key = keys[number % keys.length] ?? keys[0];
        // Who has waited too long for a turn tries again, as clients do.
        return holds(async () => {
          const data = key && (await drill.rename(drill.node(number % 3), key, `Name ${round} ${number}`));
          expect(data?.updateApiKey.__typename).toBe('UpdateApiKeyPayload');
        });
      });
      await Promise.all(writers);
    }
    await drill.judge();
    for (const { sequences } of drill.followers)
      expect(sequences.length).toBeGreaterThanOrEqual(10 + 200 * TIMES);
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
    for (let round = 0; round < Math.ceil(TIMES / 4); round += 1) {
      for (const node of drill.cluster.nodes) {
        expect(await node.stop()).toBe(0);
        await node.start();
      }
    }
    restarting = false;
    await Promise.all(clients);
    expect(failed).toBe(0);
    expect(tried).toBeGreaterThan(30);
    await drill.judge();
    await drill.judgeUsage();
  });
});

// Each has servers of its own, and none beside the three of above.
describe('three servers of their own', { timeout: TIMEOUT_MS }, () => {
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
      await eventually(() => performance.now() > stoppedAt + LEASE_MS);
      await holds(async () => expect(await drill.everywhere(kept)).toEqual([503, 503, 503]));
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

  test.skipIf(REDIS_MISSING)(
    `keep limits exact with Redis, and their own without it${REDIS_MISSING}`,
    async () => {
      const redis = await openRedis();
      const env = { REDIS_URL: redis.url, METRICS: 'on' };
      const drill = await Drill.open(await startCluster({ leaseMs: LEASE_MS, env }));
      const limit = 30;
      /** How often a key with a limit was accepted, and how many of its verifications Redis did not decide. */
      const exhaust = async () => {
        const key = await drill.createKey(drill.node(0), { limit, windowSeconds: 3_600 });
        const before = await drill.sumOf('keywright_rate_limit_fallbacks_total');
        const asked = Array.from({ length: 40 }, () => drill.everywhere(key));
        const statuses = (await Promise.all(asked)).flat();
        expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
        const accepted = statuses.filter((status) => status === 200).length;
        return { accepted, alone: (await drill.sumOf('keywright_rate_limit_fallbacks_total')) - before };
      };
      const exactly = () => holds(async () => expect(await exhaust()).toEqual({ accepted: limit, alone: 0 }));
      for (let round = 0; round < TIMES; round += 1) {
        await exactly();
        await redis.stop();
        expect(await exhaust()).toEqual({ accepted: 3 * limit, alone: 120 });
        expect(await drill.sumOf('keywright_rate_limits_shared')).toBe(0);
        await redis.start();
        await exactly();
        expect(await drill.sumOf('keywright_rate_limits_shared')).toBe(3);
      }
      await drill.judge();
    },
  );

  test('don’t mind clocks that are a minute off', async () => {
    const skewMs = [0, 60_000, -60_000];
    const drill = await Drill.open(await startCluster({ leaseMs: LEASE_MS, skewMs }));
    drill.followEverywhere();
    const keys = await drill.createKeys(10 + 20 * TIMES);
    drill.load(keys);
    await drill.revokeInTurn(keys.slice(0, 10 * TIMES), () => drill.cluster.nodes);
    expectConfirmed(drill);
    for (const [index, frozen] of [drill.node(1), drill.node(2)].entries()) {
      const start = 10 * TIMES + 2 * index;
      frozen.kill('SIGSTOP');
      await drill.revokeInTurn(keys.slice(start, start + 2), () => [drill.node(0)]);
      frozen.kill('SIGCONT');
      await confirmsEverywhere(drill, frozen);
    }
    await drill.judge();
  });
});
