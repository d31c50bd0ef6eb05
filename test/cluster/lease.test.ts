import { describe, expect, test } from 'vitest';
import { Lease } from '../../src/cluster/lease.ts';

function open(milliseconds = 3_000) {
  const clocks = { monotonic: 0, wall: 1_700_000_000_000 };
  const lease = new Lease(milliseconds, { monotonic: () => clocks.monotonic, wall: () => clocks.wall });
  const pass = (time: number): void => {
    clocks.monotonic += time;
    clocks.wall += time;
  };
  return { lease, clocks, pass };
}

describe('a lease', () => {
  test('is not held before the first proof', () => {
    expect(open().lease.isHeld()).toBe(false);
  });

  test('runs from when the proof was asked for, not from when it came', () => {
    const { lease, pass } = open();
    const asked = lease.now();
    pass(2_000);
    lease.extend(asked);
    pass(999);
    expect(lease.isHeld()).toBe(true);
    pass(1);
    expect(lease.isHeld()).toBe(false);
  });

  test('that ran out is held again after a new proof, not after a late one', () => {
    const { lease, pass } = open();
    const early = lease.now();
    pass(5_000);
    lease.extend(early);
    expect(lease.isHeld()).toBe(false);
    lease.extend(lease.now());
    expect(lease.isHeld()).toBe(true);
  });

  test('is not made longer by a wall clock that jumps back', () => {
    const { lease, clocks, pass } = open();
    lease.extend(lease.now());
    clocks.wall -= 60_000;
    pass(2_999);
    expect(lease.isHeld()).toBe(true);
    pass(1);
    expect(lease.isHeld()).toBe(false);
  });

  test('ends where only the wall clock went on, as on a machine that slept', () => {
    const { lease, clocks } = open();
    lease.extend(lease.now());
    clocks.wall += 3_000;
    expect(lease.isHeld()).toBe(false);
  });

  test('ends at once when it is given up', () => {
    const { lease } = open();
    lease.extend(lease.now());
    lease.end();
    expect(lease.isHeld()).toBe(false);
  });
});
