import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Coalesced, Coalescer } from '../../src/realtime/coalescer.ts';
import { runs } from '../support/properties.ts';

const INTERVAL_MS = 1_000;

type Emitted = Coalesced<number> & { readonly at: number };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const emitted: Emitted[] = [];
  const start = performance.now();
  const coalescer = new Coalescer<number>(INTERVAL_MS, (one) =>
    emitted.push({ ...one, at: performance.now() - start }),
  );
  return { coalescer, emitted };
}

test('lets the first of a key through at once, then the newest with the count of all when the interval is over', () => {
  const { coalescer, emitted } = open();
  coalescer.add('a', 1);
  expect(emitted).toEqual([{ key: 'a', newest: 1, count: 1, at: 0 }]);
  coalescer.add('a', 2);
  coalescer.add('a', 3);
  vi.advanceTimersByTime(INTERVAL_MS - 1);
  expect(emitted).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(emitted.slice(1)).toEqual([{ key: 'a', newest: 3, count: 2, at: INTERVAL_MS }]);
});

test('keeps no timer and no key when all has been quiet for an interval', () => {
  const { coalescer } = open();
  for (let key = 0; key < 100; key += 1) coalescer.add(`key ${key}`, 1);
  for (let key = 0; key < 100; key += 2) coalescer.add(`key ${key}`, 2);
  vi.advanceTimersByTime(2 * INTERVAL_MS + 1);
  expect(vi.getTimerCount()).toBe(0);
  coalescer.add('key 7', 3);
  expect(vi.getTimerCount()).toBe(1);
  coalescer.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('whatever comes when: of each key at most one in an interval, none later than the interval, all counted', () => {
  const adds = fc.array(
    fc.record({
      pause: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ max: 2_500 })),
      key: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(adds, (steps) => {
      const { coalescer, emitted } = open();
      const added: { key: string; value: number; at: number }[] = [];
      let now = 0;
      for (const [value, { pause, key }] of steps.entries()) {
        vi.advanceTimersByTime(Math.max(0, pause));
        now += Math.max(0, pause);
        added.push({ key: String(key), value, at: now });
        coalescer.add(String(key), value);
      }
      vi.advanceTimersByTime(3 * INTERVAL_MS);
      for (const key of new Set(added.map((one) => one.key))) {
        const own = added.filter((one) => one.key === key);
        const out = emitted.filter((one) => one.key === key);
        let passed = 0;
        for (const [index, { at, count, newest }] of out.entries()) {
          const before = out[index - 1];
          if (before) expect(at - before.at).toBeGreaterThanOrEqual(INTERVAL_MS);
          const covered = own.slice(passed, passed + count);
          passed += count;
          expect(newest).toBe(covered.at(-1)?.value);
          // Due an interval after the one before, or at once; a timer may be a millisecond late.
          const due = Math.max(covered[0]?.at ?? 0, before ? before.at + INTERVAL_MS : 0);
          expect(at - due).toBeLessThanOrEqual(1);
        }
        expect(passed).toBe(own.length);
      }
      expect(vi.getTimerCount()).toBe(0);
    }),
    runs(300, { seed: 3 }),
  );
});
