import { useDocument } from '../../../api/use-document.ts';
import { useSteady } from '../../../api/use-steady.ts';
import { acceptedOf, deniedOf, pointsOf, VERIFICATIONS } from '../../../design/patterns/chart/points.ts';
import type { RangeId, TimeRange } from '../../../design/patterns/chart/ranges.ts';
import { TimeChart } from '../../../design/patterns/chart/time-chart.tsx';
import { RangeChoice, useRangeInAddress, useRangeStart } from '../../../design/patterns/chart/time-range.tsx';
import { Card, Skeleton } from '../../../design/patterns/page.tsx';
import { RelativeTime, useNow } from '../../../design/primitives/time.tsx';
import { KeyUsageDocument } from '../../../generated/graphql.ts';

const OFFERED: readonly RangeId[] = ['1h', '24h', '7d', '30d', '90d'];

/** Accepted and denied verifications of the key in a time range, updated live. */
export function UsageCard({
  id,
  lastUsedAt,
}: {
  readonly id: string;
  readonly lastUsedAt: string | null | undefined;
}) {
  const [range, choose] = useRangeInAddress(OFFERED, '24h');
  return (
    <Card title="Usage" actions={<RangeChoice offered={OFFERED} value={range} onChange={choose} />}>
      <UsageIn key={range.id} id={id} range={range} lastUsedAt={lastUsedAt} />
    </Card>
  );
}

function UsageIn({
  id,
  range,
  lastUsedAt,
}: {
  readonly id: string;
  readonly range: TimeRange;
  readonly lastUsedAt: string | null | undefined;
}) {
  const { granularity, length, words } = range;
  const from = useRangeStart(range);
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
        empty={<NotUsed words={words} lastUsedAt={lastUsedAt} />}
      />
    );
  if (!error) return <Skeleton className="h-62 w-full" />;
  return (
    <p role="alert" className="text-danger">
      {error.message}
    </p>
  );
}

function NotUsed({
  words,
  lastUsedAt,
}: {
  readonly words: string;
  readonly lastUsedAt: string | null | undefined;
}) {
  if (!lastUsedAt)
    return (
      <>
        <p className="font-medium text-text">Never used</p>
        <p className="mt-0.5 text-small">
          Send the secret as <code className="font-mono">Authorization: Bearer</code>. The first use appears
          here as it happens.
        </p>
      </>
    );
  return (
    <>
      <p className="font-medium text-text">Not used {words}</p>
      <p className="mt-0.5 text-small">
        Last used <RelativeTime at={lastUsedAt} />. A longer time range shows earlier uses.
      </p>
    </>
  );
}
