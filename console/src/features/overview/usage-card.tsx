import { Link } from 'wouter';
import { useRefreshed } from '../../api/use-refreshed.ts';
import { useSteady } from '../../api/use-steady.ts';
import { acceptedOf, deniedOf, pointsOf, VERIFICATIONS } from '../../design/patterns/chart/points.ts';
import type { RangeId, TimeRange } from '../../design/patterns/chart/ranges.ts';
import { TimeChart } from '../../design/patterns/chart/time-chart.tsx';
import { RangeChoice, useRangeInAddress, useRangeStart } from '../../design/patterns/chart/time-range.tsx';
import { Card, LoadFault, Skeleton, SkeletonRows } from '../../design/patterns/page.tsx';
import { KeyStatus } from '../../design/primitives/badge.tsx';
import { useNow } from '../../design/primitives/time.tsx';
import { OverviewTopKeysDocument, OverviewUsageDocument } from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';
import { TEXTS } from './texts.ts';

const OFFERED: readonly RangeId[] = ['24h', '7d', '30d'];

/** Accepted and denied verifications of all visible keys in a time range, and the keys with the most. */
export function UsageCards() {
  const [range, choose] = useRangeInAddress(OFFERED, '24h');
  return (
    <div className="grid items-stretch gap-6 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <Card title="Verifications" actions={<RangeChoice offered={OFFERED} value={range} onChange={choose} />}>
        <Chart key={range.id} range={range} />
      </Card>
      <Card title="Most used keys" padded={false}>
        <TopKeys key={range.id} range={range} />
      </Card>
    </div>
  );
}

function Chart({ range }: { readonly range: TimeRange }) {
  const { id: organizationId } = useOrganization();
  const { granularity, length, words } = range;
  const from = useRangeStart(range);
  const end = Math.floor(useNow() / length) * length;
  const [{ data, error }, reload] = useRefreshed(OverviewUsageDocument, {
    organizationId,
    from,
    granularity,
  });
  const usage = useSteady(data?.organization?.usage);
  if (usage)
    return (
      <TimeChart
        label={`Verifications of all keys ${words}`}
        series={VERIFICATIONS}
        points={pointsOf(range, end, [acceptedOf(usage), deniedOf(usage)])}
        length={length}
        height={244}
        empty={TEXTS.noUsage(words)}
      />
    );
  if (error)
    return <LoadFault message={error.message} retry={() => reload({ requestPolicy: 'network-only' })} />;
  return <Skeleton className="h-68 w-full" />;
}

/** All counts of all keys are summed, so it is requested rarely, milliseconds. */
const TOP_EVERY_MS = 60_000;

function TopKeys({ range }: { readonly range: TimeRange }) {
  const { id: organizationId } = useOrganization();
  const from = useRangeStart(range);
  const variables = { organizationId, from };
  const [{ data, error }, reload] = useRefreshed(OverviewTopKeysDocument, variables, {
    everyMs: TOP_EVERY_MS,
  });
  const top = useSteady(data?.organization?.topApiKeys)?.filter(({ verified }) => verified > 0);
  if (!top && error)
    return <LoadFault message={error.message} retry={() => reload({ requestPolicy: 'network-only' })} />;
  if (!top) return <SkeletonRows count={5} />;
  if (top.length === 0) return <p className="px-4 py-5 text-soft">{TEXTS.noTop}</p>;
  const most = Math.max(1, ...top.map(({ verified }) => verified));
  return (
    <ol className="divide-y divide-line">
      {top.map(({ apiKey: { id, name, start, status }, verified, denied }) => (
        <li key={id} className="flex flex-col gap-1.5 px-4 py-3">
          <div className="flex items-baseline justify-between gap-4">
            <span className="flex min-w-0 items-baseline gap-2">
              <Link href={`/keys/${id}`} title={start} className="truncate font-medium hover:underline">
                <bdi>{name}</bdi>
              </Link>
              {status !== 'ACTIVE' && <KeyStatus status={status} />}
            </span>
            <span className="shrink-0 text-small tabular-nums">
              {verified.toLocaleString('en')}
              {denied > 0 && <span className="text-soft"> · {denied.toLocaleString('en')} denied</span>}
            </span>
          </div>
          <div aria-hidden="true" className="h-1 rounded-full bg-hover">
            <div className="h-full rounded-full bg-chart" style={{ width: `${(verified / most) * 100}%` }} />
          </div>
        </li>
      ))}
    </ol>
  );
}
