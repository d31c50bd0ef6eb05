import { useState } from 'react';
import { now } from '../../../api/clock.ts';
import { useDocument } from '../../../api/use-document.ts';
import { useSteady } from '../../../api/use-steady.ts';
import {
  acceptedOf,
  deniedOf,
  pointsOf,
  rangeStart,
  VERIFICATIONS,
} from '../../../design/patterns/chart/points.ts';
import type { RangeId, TimeRange } from '../../../design/patterns/chart/ranges.ts';
import { TimeChart } from '../../../design/patterns/chart/time-chart.tsx';
import { RangeChoice, useRangeInAddress } from '../../../design/patterns/chart/time-range.tsx';
import { Card, Skeleton } from '../../../design/patterns/page.tsx';
import { useNow } from '../../../design/primitives/time.tsx';
import { KeyUsageDocument } from '../../../generated/graphql.ts';

const OFFERED: readonly RangeId[] = ['1h', '24h', '7d', '30d', '90d'];

/** Accepted and denied verifications of the key in a time range, updated live. */
export function UsageCard({ id }: { readonly id: string }) {
  const [range, choose] = useRangeInAddress(OFFERED, '24h');
  return (
    <Card title="Usage" actions={<RangeChoice offered={OFFERED} value={range} onChange={choose} />}>
      <UsageIn key={range.id} id={id} range={range} />
    </Card>
  );
}

function UsageIn({ id, range }: { readonly id: string; readonly range: TimeRange }) {
  const { granularity, length, words } = range;
  // Constant while the view is open: it is the cache key, and new data is added under it.
  const [from] = useState(() => new Date(rangeStart(range, now())).toISOString());
  const [{ data, error }] = useDocument(KeyUsageDocument, { id, from, granularity });
  const end = Math.floor(useNow() / length) * length;
  const usage = useSteady(data?.apiKey?.usage);
  if (usage)
    return (
      <TimeChart
        label={`Verifications of the key ${words}`}
        series={VERIFICATIONS}
        points={pointsOf(range, end, [acceptedOf(usage), deniedOf(usage)])}
        length={length}
        empty={`The key was not presented ${words}.`}
      />
    );
  if (!error) return <Skeleton className="h-62 w-full" />;
  return (
    <p role="alert" className="text-danger">
      {error.message}
    </p>
  );
}
