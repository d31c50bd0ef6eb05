import type { ReactNode } from 'react';
import { useDocument } from '../../api/use-document.ts';
import { pointsOf, type Series } from '../../design/patterns/chart/points.ts';
import type { RangeId, TimeRange } from '../../design/patterns/chart/ranges.ts';
import { TimeChart } from '../../design/patterns/chart/time-chart.tsx';
import { RangeChoice, useRangeInAddress } from '../../design/patterns/chart/time-range.tsx';
import { BackLink, Card, LoadFault, Page, Skeleton, SkeletonRows } from '../../design/patterns/page.tsx';
import { useNow } from '../../design/primitives/time.tsx';
import { DeniedKeyNameDocument } from '../../generated/graphql.ts';
import { useCan } from '../../viewer/organization.tsx';
import { AddressReport, AttackSentence, KeyReport } from './attack-report.tsx';
import { DenialFilters } from './denial-filters.tsx';
import { addressOf, type DenialSearch, filterOf, useDenialSearch } from './denial-search.ts';
import { Entries } from './entries.tsx';
import { isAddress } from './is-address.ts';
import { NoDenials } from './no-denials.tsx';
import { Rankings } from './rankings.tsx';
import { TEXTS } from './texts.ts';
import { useDenialSums } from './use-denial-sums.ts';
import { useDenials } from './use-denials.ts';

const OFFERED: readonly RangeId[] = ['1h', '24h', '7d', '30d'];
const STANDARD = '24h';

const SERIES: readonly Series[] = [{ name: 'denied', tone: 'danger' }];

/** Denied verifications: all of a time range, or those of one address, key or reason, with what stops them. */
export function SecurityView() {
  const [range, choose] = useRangeInAddress(OFFERED, STANDARD);
  const { search, change } = useDenialSearch();
  const isNarrow = isAddress(search.ip) || search.key !== '';
  const inUrl = range.id === STANDARD ? '' : range.id;
  const title = useTitle(search);
  const can = useCan();
  return (
    <div className="flex flex-col gap-3">
      {isNarrow && <BackLink to={addressOf({}, inUrl)}>{TEXTS.all}</BackLink>}
      <Page
        title={title}
        description={!isNarrow && TEXTS.description}
        actions={<RangeChoice offered={OFFERED} value={range} onChange={choose} />}
      >
        <DenialFilters search={search} change={change} />
        {can('organization.view') ? (
          <Denied
            key={`${range.id} ${JSON.stringify(filterOf(search))}`}
            range={range}
            search={search}
            inUrl={inUrl}
          />
        ) : (
          <LiveOnly search={search} inUrl={inUrl} />
        )}
      </Page>
    </div>
  );
}

function useTitle({ ip, key }: DenialSearch): string {
  const [{ data }] = useDocument(DeniedKeyNameDocument, { id: key }, { pause: key === '' });
  const name = data?.apiKey?.name ?? (key && TEXTS.noKey);
  if (isAddress(ip)) return TEXTS.ofAddress(ip);
  return key ? TEXTS.ofKey(name) : TEXTS.title;
}

function Denied({
  range,
  search,
  inUrl,
}: {
  readonly range: TimeRange;
  readonly search: DenialSearch;
  readonly inUrl: string;
}) {
  const denials = useDenials();
  const filter = filterOf(search);
  const { sums, excluded, from, error, reload } = useDenialSums(range, filter, denials?.total ?? 0);
  const end = Math.floor(useNow() / range.length) * range.length;
  if (!sums)
    return (
      <Card>{error ? <LoadFault message={error.message} retry={reload} /> : <SkeletonRows count={5} />}</Card>
    );
  const isNarrow = Boolean(filter.ip || filter.apiKeyId);
  const counts = sums.intervals.map(({ start, count }) => ({ start: Date.parse(start), value: count }));
  const isQuiet = sums.count === 0 && denials?.total === 0;
  return (
    <div className="flex flex-col gap-5">
      {isNarrow && <AttackSentence sums={sums} search={search} />}
      {filter.ip && <AddressReport keys={sums.acceptedApiKeys ?? []} />}
      {search.key && <KeyReport id={search.key} from={from} range={range} sums={sums} />}
      <Card title={`${sums.count.toLocaleString('en')} denied ${range.words}`}>
        <TimeChart
          label={`Denied verifications ${range.words}`}
          series={SERIES}
          points={pointsOf(range, end, [counts])}
          length={range.length}
          height={180}
          empty={TEXTS.none(range.words)}
        />
        <Undetailed own={sums.undetailed} excluded={excluded} />
      </Card>
      {isQuiet && !isNarrow && !filter.codes && (
        <Card padded={false}>
          <NoDenials />
        </Card>
      )}
      {sums.count > 0 && <Rankings sums={sums} search={search} range={inUrl} />}
      {denials ? (
        <Entries denials={denials} filter={filter} search={search} from={from} range={inUrl} />
      ) : (
        <Skeleton className="h-24 w-full" />
      )}
    </div>
  );
}

/** For viewers without access to the organization, whose API has the history. */
function LiveOnly({ search, inUrl }: { readonly search: DenialSearch; readonly inUrl: string }) {
  const denials = useDenials();
  if (!denials) return <Skeleton className="h-24 w-full" />;
  return (
    <div className="flex flex-col gap-5">
      <p className="text-soft">{TEXTS.liveOnly}</p>
      {denials.total === 0 && (
        <Card padded={false}>
          <NoDenials />
        </Card>
      )}
      <Entries denials={denials} filter={filterOf(search)} search={search} from={null} range={inUrl} />
    </div>
  );
}

function Undetailed({ own, excluded }: { readonly own: number; readonly excluded: number }): ReactNode {
  if (own === 0 && excluded === 0) return null;
  return (
    <p className="mt-3 text-small text-soft">
      {own > 0 ? TEXTS.undetailed(own) : TEXTS.undetailedElsewhere(excluded)}
    </p>
  );
}
