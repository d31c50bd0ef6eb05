import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { inBatches, Paced, Turns } from '../../src/core/paced.ts';
import { manualClock } from '../support/clock.ts';
import { countTurns } from '../support/turns.ts';

describe('paced work', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test('starts at once, and then no sooner than its pace, however often it is asked for', async () => {
    const starts: number[] = [];
    const began = performance.now();
    const paced = new Paced(100, async () => void starts.push(performance.now() - began));
    for (let time = 0; time < 1_000; time += 1) paced.ask();
    expect(starts).toEqual([0]);
    for (let time = 0; time < 250; time += 1) {
      paced.ask();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(starts).toEqual([0, 100, 200]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(starts).toEqual([0, 100, 200, 300]);
    paced.ask();
    expect(starts).toHaveLength(5);
  });

  test('never runs twice at a time, and runs again for what was asked for meanwhile', async () => {
    const ends: (() => void)[] = [];
    const paced = new Paced(10, () => new Promise((resolve) => ends.push(resolve)));
    paced.ask();
    paced.ask();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ends).toHaveLength(2);
  });

  test('goes on after a failure, and stops for good', async () => {
    let runs = 0;
    const paced = new Paced(10, async () => {
      runs += 1;
      throw new Error('The database is away');
    });
    paced.ask();
    paced.ask();
    await vi.advanceTimersByTimeAsync(100);
    expect(runs).toBe(2);
    paced.ask();
    paced.ask();
    paced.stop();
    await vi.advanceTimersByTimeAsync(100);
    expect(runs).toBe(3);
  });
});

describe('work in batches', () => {
  test('lets everything else have its turn after each', async () => {
    const turns = countTurns();
    const seen: number[] = [];
    let left = 95;
    const done = await inBatches({ min: 10, max: 10 }, async (size) => {
      seen.push(turns.count);
      const some = Math.min(left, size);
      left -= some;
      return some;
    });
    turns.stop();
    expect(done).toBe(95);
    expect(seen).toHaveLength(10);
    expect(new Set(seen).size).toBe(10);
  });

  test('does less at once of what takes long, more of what does not, within its bounds', async () => {
    const clock = manualClock();
    const sizes: number[] = [];
    await inBatches({ min: 8, max: 64, clock }, async (size) => {
      sizes.push(size);
      return sizes.length < 6 ? size : 0;
    });
    expect(sizes).toEqual([8, 16, 32, 64, 64, 64]);
    sizes.length = 0;
    await inBatches({ min: 8, max: 64, clock }, async (size) => {
      sizes.push(size);
      if (sizes.length > 3) clock.advance(size);
      return sizes.length < 8 ? size : 0;
    });
    expect(sizes).toEqual([8, 16, 32, 64, 32, 16, 8, 8]);
  });

  test('stops where it is told to, and passes on what fails', async () => {
    let batches = 0;
    const done = await inBatches({ min: 5, max: 5, stopped: () => batches === 3 }, async (size) => {
      batches += 1;
      return size;
    });
    expect(done).toBe(15);
    await expect(inBatches({ min: 1, max: 1 }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  test('one by one rests when it has gone on for a while, and not before', async () => {
    const clock = manualClock();
    const turns = new Turns(clock);
    clock.advance(7);
    expect(turns.isOver).toBe(false);
    clock.advance(1);
    expect(turns.isOver).toBe(true);
    const counted = countTurns();
    await turns.rest();
    counted.stop();
    expect(counted.count).toBeGreaterThan(0);
    expect(turns.isOver).toBe(false);
  });
});
