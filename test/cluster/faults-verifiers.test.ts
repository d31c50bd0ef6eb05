import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ClusterNode, clusterFor, startCluster } from './cluster.ts';
import { holds } from './drill.ts';
import { randomFaults } from './verifiers/random-faults.ts';
import { VerifierDrill } from './verifiers/verifier-drill.ts';

const LEASE_MS = 1_500;

/** `FAULTS=long` repeats and enlarges everything. */
const IS_LONG = process.env.FAULTS === 'long';
const TIMES = IS_LONG ? 10 : 1;

/** Long enough for a machine with much else to do: what is promised within a time is checked by itself. */
const TIMEOUT_MS = 180_000 * TIMES;

/** How long random faults go on. */
const CHAOS_MS = IS_LONG ? 600_000 : 6_000;

/** How long random faults may keep a process from reporting usage before it is killed. */
const CUT_OFF_MS = 20_000;

const SETTINGS = { LOG_LEVEL: 'info', VERIFIER_STREAMS_PER_ORGANIZATION: '100' };

describe('verifiers on two servers', { timeout: TIMEOUT_MS }, () => {
  const cluster = clusterFor({
    nodes: 2,
    leaseMs: LEASE_MS,
    env: { ...SETTINGS, CLOCK_JUMP_MS: '3600000' },
  });

  test('reject a revoked key once that is answered, and each confirms it', async () => {
    const drill = await VerifierDrill.open(cluster(), 6);
    const keys = await drill.createKeys(6 + 30 * TIMES);
    await drill.load(keys);
    for (const one of drill.embeddings) await one.watch(keys);
    await drill.revokeInTurn(keys.slice(6), () => drill.nodes);
    await drill.judge();
    const propagations = drill.drill.checker.revoked.map(({ confirmedNodes, totalNodes }) => [
      confirmedNodes,
      totalNodes,
    ]);
    // Two servers and six verifiers; on a machine with much else to do, a few may have run into a deadline.
    const all = propagations.filter(([confirmed, total]) => confirmed === 8 && total === 8);
    expect(all.length).toBeGreaterThan(propagations.length / 2);
    expect(drill.checker.undecided()).toEqual([]);
    await drill.judgeUsage();
  });

  test('are waited for while they are stopped, and reject when they go on', async () => {
    const drill = await VerifierDrill.open(cluster(), 4);
    const keys = await drill.createKeys(4 + 6 * TIMES);
    await drill.load(keys);
    for (const one of drill.embeddings) await one.watch(keys);
    for (let round = 0; round < TIMES; round += 1) {
      const stopped = drill.embedding(round % 4);
      const own = keys.slice(4 + 6 * round, 10 + 6 * round);
      const [first, ...others] = own;
      stopped.signal('SIGSTOP');
      const waited = first && (await drill.revoke(drill.drill.node(round % 2), first));
      expect(waited?.confirmedNodes).toBeLessThan(waited?.totalNodes ?? 0);
      await drill.revokeInTurn(others, () => drill.nodes);
      stopped.signal('SIGCONT');
      await drill.connected([stopped]);
    }
    await drill.judge();
    await drill.judgeUsage();
  });

  test('lose at most a batch of usage when they are killed, and delay nothing for long', async () => {
    const drill = await VerifierDrill.open(cluster(), 4);
    const keys = await drill.createKeys(4 + 6 * TIMES);
    await drill.load(keys);
    for (const one of drill.embeddings) await one.watch(keys);
    for (let round = 0; round < TIMES; round += 1) {
      const victim = drill.embedding(round % 4);
      // Whose server is not told.
      if (round % 2 === 0) victim.way.swallow();
      await victim.kill();
      await drill.revokeInTurn(keys.slice(4 + 6 * round, 10 + 6 * round), () => drill.nodes);
      victim.way.mend();
      await victim.start();
      await drill.connected([victim]);
    }
    await drill.judge();
    await drill.judgeUsage();
  });

  const cuts = [
    ['cut', 0],
    ['swallow', 0],
    ['swallow', 300],
  ] as const;
  test.each(cuts)('accept nothing late when their connections %s, %i ms away', async (how, delayMs) => {
    const drill = await VerifierDrill.open(cluster(), 4);
    const keys = await drill.createKeys(4 + 8 * TIMES);
    await drill.load(keys);
    for (const one of drill.embeddings) await one.watch(keys);
    for (let round = 0; round < TIMES; round += 1) {
      const spoilt = [drill.embedding(round % 4), drill.embedding((round + 1) % 4)];
      for (const { way } of spoilt) way.delayAnswers(delayMs);
      await pause(delayMs);
      for (const { way } of spoilt) way[how]();
      await drill.revokeInTurn(keys.slice(4 + 8 * round, 12 + 8 * round), () => drill.nodes);
      for (const { way } of spoilt) way.mend();
      await drill.connected(spoilt);
    }
    await drill.judge();
    await drill.judgeUsage();
  });

  test('get leases and confirm changes from 300 ms away', async () => {
    const drill = await VerifierDrill.open(cluster(), 4);
    const far = drill.embedding(1);
    far.way.delayAnswers(300);
    const keys = await drill.createKeys(4 + 6 * TIMES);
    await drill.load(keys);
    for (const one of drill.embeddings) await one.watch(keys);
    await drill.revokeInTurn(keys.slice(4), () => drill.nodes);
    await holds(async () => expect(await far.status()).toMatchObject({ connected: true }));
    await drill.judge();
  });

  const ends: [title: string, end: (node: ClusterNode) => Promise<void>][] = [
    [
      'killed',
      async (node) => {
        node.kill('SIGKILL');
        await holds(() => expect(node.running()).toBe(false));
      },
    ],
    ['restarted', async (node) => expect(await node.stop()).toBe(0)],
  ];
  test.each(ends)('accept nothing late when their server is %s', async (_title, end) => {
    const drill = await VerifierDrill.open(cluster(), 4);
    const keys = await drill.createKeys(4 + 6 * TIMES);
    await drill.load(keys);
    for (const one of drill.embeddings) await one.watch(keys);
    for (let round = 0; round < TIMES; round += 1) {
      const victim = drill.drill.node(round % 2);
      const other = drill.drill.node((round + 1) % 2);
      // One of its verifiers is not told that it has ended.
      drill.embedding(round % 2).way.swallow();
      await end(victim);
      await drill.revokeInTurn(keys.slice(4 + 6 * round, 10 + 6 * round), () => [other]);
      await victim.start();
      drill.embedding(round % 2).way.mend();
      await drill.connected();
    }
    await drill.judge();
    await drill.judgeUsage();
  });

  test('accept nothing late when their server is stopped and goes on', async () => {
    const drill = await VerifierDrill.open(cluster(), 4);
    const keys = await drill.createKeys(4 + 4 * TIMES);
    await drill.load(keys);
    for (const one of drill.embeddings) await one.watch(keys);
    for (let round = 0; round < TIMES; round += 1) {
      const victim = drill.drill.node(round % 2);
      victim.kill('SIGSTOP');
      await drill.revokeInTurn(keys.slice(4 + 4 * round, 8 + 4 * round), () => [
        drill.drill.node((round + 1) % 2),
      ]);
      victim.kill('SIGCONT');
      await drill.connected();
    }
    await drill.judge();
    await drill.judgeUsage();
  });

  test('don’t mind clocks that jump, on either side', async () => {
    const drill = await VerifierDrill.open(cluster(), 4);
    const keys = await drill.createKeys(4 + 12 * TIMES);
    await drill.load(keys);
    for (const one of drill.embeddings) await one.watch(keys);
    for (let round = 0; round < 2 * TIMES; round += 1) {
      const own = keys.slice(4 + 6 * round, 10 + 6 * round);
      await drill.embedding(round % 4).jump(round % 2 === 0 ? 86_400_000 : -86_400_000);
      await drill.revokeInTurn(own.slice(0, 3), () => drill.nodes);
      drill.drill.node(round % 2).kill('SIGUSR2');
      await drill.revokeInTurn(own.slice(3), () => drill.nodes);
    }
    await drill.judge();
  });

  test('keep their word under random faults', async () => {
    const drill = await VerifierDrill.open(cluster(), IS_LONG ? 10 : 6);
    await randomFaults(drill, CHAOS_MS);
    await drill.judge();
    const { verified, changed, notified } = drill.history;
    if (IS_LONG)
      process.stdout.write(
        `${changed.length} changes, ${verified.length} verifications, ${notified.length} callbacks\n`,
      );
    await drill.judgeUsage(CUT_OFF_MS);
  });
});

describe('verifiers of one server on SQLite', { timeout: TIMEOUT_MS }, () => {
  async function open(count: number): Promise<VerifierDrill> {
    const folder = mkdtempSync(join(tmpdir(), 'keywright-faults-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const databaseUrl = `sqlite:${join(folder, 'keywright.db')}`;
    const env = { ...SETTINGS, VERIFY_PORT: '0' };
    const cluster = await startCluster({ nodes: 1, leaseMs: LEASE_MS, databaseUrl, env });
    return VerifierDrill.open(cluster, count);
  }

  test('accept nothing late when it is killed and starts at once', async () => {
    const drill = await open(4);
    const node = drill.drill.node(0);
    const keys = await drill.createKeys(4 + 6 * TIMES);
    await drill.load(keys);
    for (const one of drill.embeddings) await one.watch(keys);
    for (let round = 0; round < TIMES; round += 1) {
      // Half of its verifiers are not told that it has ended.
      const deaf = drill.embeddings.filter((_, index) => index % 2 === round % 2);
      for (const { way } of deaf) way.swallow();
      node.kill('SIGKILL');
      await holds(() => expect(node.running()).toBe(false));
      await node.start();
      await drill.revokeInTurn(keys.slice(4 + 6 * round, 10 + 6 * round), () => [node]);
      for (const { way } of deaf) way.mend();
      await drill.connected();
    }
    await drill.judge();
    await drill.judgeUsage();
  });

  test('never exceed a limit in sum, whichever of them dies with a part of it', async () => {
    const drill = await open(4);
    const node = drill.drill.node(0);
    const limit = 400;
    const keys = await drill.createKeys(TIMES, { limit, windowSeconds: 86_400 });
    const limits = new Map(keys.map(({ id }) => [id, limit]));
    for (const key of keys) {
      const asked = drill.embeddings.map(async (one, index) => {
        for (let round = 0; round < 12; round += 1) {
          // One dies with what it holds, and starts again; one can't be reached for a while.
          if (index === 1 && round === 4) {
            await one.kill();
            await one.start();
          }
          if (index === 2 && round === 4) one.way.swallow();
          if (index === 2 && round === 8) one.way.mend();
          await one.verify([key], 10);
          await drill.present(node, key);
        }
      });
      await Promise.all(asked);
      // In the end, every door rejects it.
      await drill.connected();
      await holds(async () => {
        expect(await drill.present(node, key)).toBe('RATE_LIMITED');
        for (const code of await drill.everywhere(key)) expect(code).toBe('RATE_LIMITED');
      });
    }
    await drill.judge({ limits });
    for (const times of drill.checker.acceptances().values()) expect(times).toBeGreaterThan(limit / 2);
  });
});
