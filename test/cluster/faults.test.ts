import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startCluster } from './cluster.ts';
import { Drill } from './drill.ts';

const LEASE_MS = 1_000;

/** `FAULTS=long` repeats and enlarges everything. */
const LONG = process.env.FAULTS === 'long';
const TIMES = LONG ? 10 : 1;

describe('three servers on one database', { timeout: 60_000 * TIMES }, () => {
  test('refuse a revoked key everywhere once that is answered, under load', async () => {
    const drill = new Drill(await startCluster());
    drill.followEverywhere();
    const keys = await drill.createKeys(60 * TIMES);
    drill.load(keys);
    await pause(300);
    await drill.revokeInTurn(keys.slice(10), () => drill.cluster.nodes);
    await drill.judge();
    for (const { confirmedNodes, totalNodes } of drill.checker.revoked)
      expect([confirmedNodes, totalNodes]).toEqual([3, 3]);
    expect(drill.checker.undecided()).toEqual([]);
    for (const node of drill.cluster.nodes) expect(await node.stop()).toBe(0);
    await drill.judgeUsage();
  });

  test('wait for a frozen one until its lease is over, and it refuses when it wakes', async () => {
    const drill = new Drill(await startCluster({ leaseMs: LEASE_MS }));
    const keys = await drill.createKeys(20);
    const frozen = drill.node(2);
    for (const key of keys) await drill.everywhere(key);
    for (let round = 0; round < 2 * TIMES; round += 1) {
      const own = keys.slice(round * 5, round * 5 + 5);
      frozen.kill('SIGSTOP');
      const propagations = await Promise.all(own.map((key) => drill.revoke(drill.node(0), key)));
      for (const propagation of propagations) {
        expect(propagation).toMatchObject({ confirmedNodes: 2, totalNodes: 3 });
        expect(propagation?.milliseconds).toBeLessThan(LEASE_MS * 1.5);
      }
      // Asked while it sleeps, and answered when it wakes.
      const asleep = own.flatMap((key) => [drill.verify(frozen, key), drill.verify(frozen, key)]);
      await pause(200);
      frozen.kill('SIGCONT');
      for (const status of await Promise.all(asleep)) expect(status).not.toBe(200);
      await pause(LEASE_MS);
    }
    await drill.judge();
  });
});
