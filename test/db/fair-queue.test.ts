import { expect, test } from 'vitest';
import { FairQueue, type FairQueueLimits } from '../../db/fair-queue.ts';
import { RateLimitedError, UnavailableError } from '../../src/core/errors.ts';

const LIMITS = { lanes: 1, lanesPerGroup: 1, waitingPerGroup: 100, waiting: 1_000, waitMs: 60_000 };

/** A queue, and what has begun in it, in order. Each ends when told to. */
function queueOf(limits: Partial<FairQueueLimits> = {}) {
  const queue = new FairQueue({ ...LIMITS, ...limits });
  const begun: string[] = [];
  const lanes: number[] = [];
  const ends: (() => void)[] = [];
  const enter = async (group: string, name: string): Promise<void> => {
    const slot = await queue.enter(group);
    begun.push(name);
    lanes.push(slot.lane);
    ends.push(() => slot.release());
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const endNext = async () => {
    ends.shift()?.();
    await settled();
  };
  return { queue, begun, lanes, enter, endNext, settled };
}

test('one group after the other has its turn, however much the first asks for', async () => {
  const { begun, enter, endNext } = queueOf();
  for (let n = 1; n <= 50; n += 1) void enter('a', `a${n}`);
  void enter('b', 'b1');
  void enter('b', 'b2');
  void enter('c', 'c1');
  for (let n = 0; n < 7; n += 1) await endNext();
  expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
});

test('one group has so many lanes at most, and others begin at once', async () => {
  const { begun, lanes, enter, endNext, settled } = queueOf({ lanes: 3, lanesPerGroup: 2 });
  for (let n = 1; n <= 5; n += 1) void enter('a', `a${n}`);
  await settled();
  expect(begun).toEqual(['a1', 'a2']);
  void enter('b', 'b1');
  void enter('c', 'c1');
  await settled();
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  await endNext();
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  await endNext();
  expect(begun.at(-1)).toBe('c1');
  expect(lanes).toEqual([0, 1, 2, 0, 1]);
});

test('too many of one group are rejected, and of others accepted', async () => {
  const { queue, enter } = queueOf({ waitingPerGroup: 2, waiting: 3 });
  for (const name of ['a1', 'a2', 'a3']) void enter('a', name);
  await expect(queue.enter('a')).rejects.toThrow(RateLimitedError);
  void enter('b', 'b1');
  await expect(queue.enter('b')).rejects.toThrow(UnavailableError);
  await expect(queue.enter('c')).rejects.toThrow(UnavailableError);
});

test('what waits too long fails, and holds nothing', async () => {
  const { queue, begun, enter, endNext } = queueOf({ waitMs: 20 });
  void enter('a', 'a1');
  await expect(queue.enter('a')).rejects.toThrow(UnavailableError);
  await expect(queue.enter('b')).rejects.toThrow(UnavailableError);
  await endNext();
  await enter('b', 'b1');
  expect(begun).toEqual(['a1', 'b1']);
});

test('a closed queue keeps nobody waiting', async () => {
  const { queue, enter } = queueOf();
  void enter('a', 'a1');
  const waiting = expect(queue.enter('a')).rejects.toThrow(UnavailableError);
  queue.close();
  await waiting;
  await expect(queue.enter('b')).rejects.toThrow(UnavailableError);
});
