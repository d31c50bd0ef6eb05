import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { createLog } from '../../src/core/log.ts';
import { inProcessRateLimiter } from '../../src/verification/rate-limit.ts';
import { redisRateLimiter, type SharedRateLimiter } from '../../src/verification-host/redis-rate-limit.ts';
import { openRedis, REDIS_MISSING, type RedisServer } from '../support/redis-server.ts';
import { eventually } from '../support/wait.ts';

interface Node {
  readonly limiter: SharedRateLimiter;
  readonly lines: string[];
}

/** A Redis that runs responds in this time, on however busy a machine; milliseconds. */
const PATIENCE_MS = 10_000;

async function startNode({ url }: Pick<RedisServer, 'url'>, patienceMs = PATIENCE_MS): Promise<Node> {
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line));
  const clock = systemClock;
  const limiter = redisRateLimiter(url, inProcessRateLimiter(clock), { clock, log, patienceMs });
  await limiter.start();
  onTestFinished(() => limiter.stop());
  return { limiter, lines };
}

async function takeAll({ limiter }: Node, times: number, limit: number, windowSeconds = 60) {
  const states = await Promise.all(
    Array.from({ length: times }, () => limiter.take('key', limit, windowSeconds)),
  );
  return states.filter(({ allowed }) => allowed).length;
}

describe.skipIf(REDIS_MISSING)(`with Redis${REDIS_MISSING}`, () => {
  test('a limit is exact over several nodes at once', async () => {
    const redis = await openRedis();
    const nodes = await Promise.all([startNode(redis), startNode(redis), startNode(redis)]);
    const accepted = await Promise.all(nodes.map((node) => takeAll(node, 100, 50)));
    expect(accepted.reduce((sum, one) => sum + one)).toBe(50);
    for (const { limiter } of nodes)
      expect(await limiter.peek('key', 50, 60)).toMatchObject({ allowed: false, remaining: 0 });
  });

  test('reservations of several nodes never exceed a limit, and what is given back is taken by others', async () => {
    const redis = await openRedis();
    const nodes = await Promise.all([startNode(redis), startNode(redis), startNode(redis)]);
    const reserved = await Promise.all(
      nodes.flatMap(({ limiter }) => [7, 11, 13].map((want) => limiter.reserve('key', 50, 60, want))),
    );
    const granted = reserved.reduce((sum, one) => sum + one.granted, 0);
    expect(granted).toBeLessThanOrEqual(50);
    const first = nodes[0] as Node;
    const rest = await first.limiter.reserve('key', 50, 60, 50);
    expect(granted + rest.granted).toBe(50);
    expect(await first.limiter.take('key', 50, 60)).toMatchObject({ allowed: false });
    await nodes[1]?.limiter.release('key', rest.window, rest.granted);
    expect((await takeAll(nodes[2] as Node, 60, 50)) <= rest.granted).toBe(true);
  });

  test('a window ends for all, and a changed limit begins a new one', async () => {
    const redis = await openRedis();
    const [one, other] = (await Promise.all([startNode(redis), startNode(redis)])) as [Node, Node];
    const start = Date.now();
    expect(await takeAll(one, 3, 2, 1)).toBe(2);
    const { resetAt, remaining } = await other.limiter.peek('key', 2, 1);
    expect(remaining).toBe(0);
    expect(resetAt).toBeGreaterThan(start);
    expect(resetAt).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(await takeAll(other, 5, 4, 1)).toBe(4);
    await eventually(async () => (await other.limiter.peek('key', 2, 1)).allowed);
    expect(await takeAll(other, 3, 2, 1)).toBe(2);
  });

  test('peeking takes nothing', async () => {
    const node = await startNode(await openRedis());
    for (let time = 0; time < 5; time += 1)
      expect(await node.limiter.peek('key', 2, 60)).toMatchObject({ allowed: true, remaining: 2 });
    expect(await node.limiter.take('key', 2, 60)).toMatchObject({ allowed: true, remaining: 1 });
    expect(await node.limiter.peek('key', 2, 60)).toMatchObject({ allowed: true, remaining: 1 });
  });

  test('a node goes by what it accepted itself while Redis is away, and says so once', async () => {
    const redis = await openRedis();
    const [one, other] = (await Promise.all([startNode(redis), startNode(redis)])) as [Node, Node];
    expect(await takeAll(one, 3, 10)).toBe(3);
    expect(await takeAll(other, 2, 10)).toBe(2);
    await redis.stop();
    expect(await takeAll(one, 20, 10)).toBe(7);
    expect(await takeAll(other, 20, 10)).toBe(8);
    expect(one.limiter.status()).toMatchObject({ shared: false, fallbacks: 20 });
    const warnings = one.lines.filter((line) => line.includes('"level":40'));
    expect(warnings).toHaveLength(1);

    await redis.start();
    await eventually(async () => (await one.limiter.peek('other', 10, 60)) && one.limiter.status().shared);
    await eventually(
      async () => (await other.limiter.peek('other', 10, 60)) && other.limiter.status().shared,
    );
    expect((await takeAll(one, 10, 10)) + (await takeAll(other, 10, 10))).toBe(10);
  });

  test('a Redis that stands still holds nobody up for long', async () => {
    const redis = await openRedis();
    const node = await startNode(redis, 250);
    redis.process.kill('SIGSTOP');
    let waited = 0;
    for (let time = 0; time < 50; time += 1) {
      let pending = true;
      const taken = Promise.resolve(node.limiter.take('key', 5, 60)).finally(() => {
        pending = false;
      });
      for (let turns = 0; turns < 10; turns += 1) await turn();
      if (pending) waited += 1;
      await taken;
    }
    expect(waited).toBeLessThan(5);
    redis.process.kill('SIGCONT');
    await eventually(async () => (await node.limiter.peek('key', 5, 60)) && node.limiter.status().shared);
  });

  test('a server starts without Redis, and finds it later', async () => {
    const redis = await openRedis();
    await redis.stop();
    const node = await startNode(redis);
    expect(await takeAll(node, 3, 2)).toBe(2);
    await redis.start();
    await eventually(async () => (await node.limiter.peek('key', 2, 60)) && node.limiter.status().shared);
  });
});
