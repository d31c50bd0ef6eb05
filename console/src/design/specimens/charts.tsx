import { useState } from 'react';
import { now } from '../../api/clock.ts';
import { pointsOf, rangeStart, VERIFICATIONS } from '../patterns/chart/points.ts';
import { RANGES, type RangeId, type TimeRange } from '../patterns/chart/ranges.ts';
import { TimeChart } from '../patterns/chart/time-chart.tsx';
import { RangeChoice } from '../patterns/chart/time-range.tsx';
import { Figure, Figures } from '../patterns/figure.tsx';

const OFFERED: readonly RangeId[] = ['1h', '24h', '7d', '30d', '90d'];

/** Charts and figures. */
export function Charts() {
  const [range, setRange] = useState<TimeRange>(RANGES['7d']);
  return (
    <>
      <RangeChoice offered={OFFERED} value={range} onChange={setRange} />
      <TimeChart
        label="Verifications"
        series={VERIFICATIONS}
        points={pointsOf(range, now(), [waves(range, 4_000), waves(range, 300)])}
        length={range.length}
        empty="Nothing was verified."
      />
      <TimeChart
        label="Verifications of a new key"
        series={VERIFICATIONS}
        points={pointsOf(RANGES['24h'], now(), [[], []])}
        length={RANGES['24h'].length}
        height={160}
        empty="The key was not presented in the last 24 hours."
      />
      <Figures>
        <Figure name="Accepted in the last 24 hours" value={1_204_118} note="Of all keys" />
        <Figure name="Denied in the last 24 hours" value={null} note="Not loaded" />
      </Figures>
    </>
  );
}

function waves(range: TimeRange, most: number) {
  const first = rangeStart(range, now());
  return Array.from({ length: range.count }, (_, index) => ({
    start: first + index * range.length,
    value: Math.round(most * Math.max(0, 0.5 + 0.5 * Math.sin((index + most) / 4))),
  }));
}
