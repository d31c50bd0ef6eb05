import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeStart } from '../../../console/src/design/patterns/chart/points.ts';
import { planOf, rangeAt, shareOf } from '../../../console/src/features/api-keys/rotate/rotation-plan.ts';
import { runs } from '../../support/properties.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2030, 4, 17, 14, 35, 20);

const use = (time: number, verified: number) => ({ start: new Date(time).toISOString(), verified });

test('the share counts from the begin of the rotation, never from before', () => {
  const began = NOW - 90 * MINUTE_MS;
  const plan = planOf(began, NOW);
  const minute = Math.floor(began / MINUTE_MS) * MINUTE_MS;
  const old = [use(minute - MINUTE_MS, 1_000), use(minute, 2), use(NOW - 20_000, 4)];
  expect(shareOf(plan, old, [use(NOW, 2)])).toEqual({ old: 6, fresh: 2, percent: 75 });
  expect(shareOf(plan, [use(minute - MINUTE_MS, 1_000)], [])).toEqual({ old: 0, fresh: 0, percent: null });
});

test('a share is 0 or 100 percent only if it is exactly so', () => {
  const plan = planOf(NOW - HOUR_MS, NOW);
  const percent = (old: number, fresh: number) => shareOf(plan, [use(NOW, old)], [use(NOW, fresh)]).percent;
  expect([percent(1, 0), percent(0, 1)]).toEqual([100, 0]);
  expect([percent(999_999, 1), percent(1, 999_999)]).toEqual([99, 1]);
});

test('a rotation of any age fits the range of a request and what the server keeps', () => {
  const lengths = { MINUTE: MINUTE_MS, HOUR: HOUR_MS, DAY: DAY_MS };
  const kept = { MINUTE: 25 * HOUR_MS, HOUR: 90 * DAY_MS, DAY: 731 * DAY_MS };
  fc.assert(
    fc.property(fc.integer({ min: -MINUTE_MS, max: 91 * DAY_MS }), fc.nat(DAY_MS), (age, shift) => {
      const now = NOW + shift;
      const plan = planOf(now - age, now);
      const { from, since, granularity } = plan;
      const length = lengths[granularity];
      // The plan is good for an hour.
      for (const later of [now, now + HOUR_MS]) {
        expect((later - from) / length).toBeLessThan(1_000);
        const range = rangeAt(plan, later);
        // The chart begins with the rotation or before, ends with the present, and shows nothing that wasn't read.
        expect(rangeStart(range, later)).toBeGreaterThanOrEqual(from);
        expect(rangeStart(range, later)).toBeLessThanOrEqual(Math.max(since, 0) + range.length);
        expect(range.count).toBeLessThanOrEqual(200);
      }
      expect(now - from).toBeLessThan(kept[granularity]);
      expect(from % length).toBe(0);
      expect(now - age - since).toBeLessThan(length);
    }),
    runs(500, { seed: 17 }),
  );
});
