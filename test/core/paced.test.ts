import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Paced } from '../../src/core/paced.ts';

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
