import { expect, test } from 'vitest';
import { type Sample, sampled, trafficOf } from '../../../console/src/features/api-keys/rotate/traffic.ts';

test('the share of traffic counts the last five minutes', () => {
  const at = (minute: number, old: number, fresh: number): Sample => ({
    at: minute * 60_000,
    uses: new Map([
      ['old', old],
      ['new', fresh],
    ]),
  });
  let samples: readonly Sample[] = [];
  for (const sample of [at(0, 10, 0), at(1, 20, 0), at(7, 21, 3)]) samples = sampled(samples, sample);
  const traffic = trafficOf(samples);
  expect([traffic.total, traffic.of('old'), traffic.of('new')]).toEqual([4, 1, 3]);
  expect(trafficOf([]).total).toBe(0);
});
