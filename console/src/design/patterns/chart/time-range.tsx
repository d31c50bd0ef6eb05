import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { now } from '../../../api/clock.ts';
import { Segmented } from '../../primitives/segmented.tsx';
import { useNow } from '../../primitives/time.tsx';
import { rangeStart } from './points.ts';
import { RANGES, type RangeId, type TimeRange } from './ranges.ts';

/** The range in the URL (`?range=7d`), and the function that sets it. `offered` has at least `standard`. */
export function useRangeInAddress(
  offered: readonly RangeId[],
  standard: RangeId,
): readonly [TimeRange, (range: TimeRange) => void] {
  const [parameters, setParameters] = useSearchParams();
  const id = offered.find((one) => one === parameters.get('range')) ?? standard;
  const choose = (range: TimeRange) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        if (range.id === standard) after.delete('range');
        else after.set('range', range.id);
        return after;
      },
      { replace: true },
    );
  return [RANGES[id], choose];
}

/**
 * The start of the range, for a query. It stays while the view is open, since it is part of the cache's key, and follows
 * in a page that is open for so long that the server would reject the number of intervals.
 */
export function useRangeStart(range: TimeRange): string {
  const [start, setStart] = useState(() => rangeStart(range, now()));
  const current = rangeStart(range, useNow());
  if (current - start > range.count * range.length) setStart(current);
  return new Date(start).toISOString();
}

/** The choice between ranges. */
export function RangeChoice({
  offered,
  value,
  onChange,
}: {
  readonly offered: readonly RangeId[];
  readonly value: TimeRange;
  onChange(range: TimeRange): void;
}) {
  const options = offered.map((id) => [RANGES[id] as TimeRange, RANGES[id].label] as const);
  return <Segmented legend="Time range" value={value} options={options} onChange={onChange} />;
}
