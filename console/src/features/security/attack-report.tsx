import type { ReactNode } from 'react';
import { useDocument } from '../../api/use-document.ts';
import type { TimeRange } from '../../design/patterns/chart/ranges.ts';
import { Card, Skeleton } from '../../design/patterns/page.tsx';
import { counted } from '../../design/primitives/counted.ts';
import { FullTime, RelativeTime } from '../../design/primitives/time.tsx';
import { DeniedKeyDocument, type KeyFactsFragment } from '../../generated/graphql.ts';
import type { DenialSearch } from './denial-search.ts';
import { SuspectKeys } from './suspect-keys.tsx';
import { TEXTS } from './texts.ts';
import type { DenialSums } from './use-denial-sums.ts';

/** An attack in a sentence: when it began, how many denials, how many keys and addresses. */
export function AttackSentence({
  sums,
  search,
}: {
  readonly sums: DenialSums;
  readonly search: DenialSearch;
}) {
  const { count, firstAt, lastAt, apiKeyCount, ipCount } = sums;
  if (!firstAt || !lastAt) return null;
  return (
    <p className="text-soft">
      Began <FullTime at={firstAt} />, last seen <RelativeTime at={lastAt} />:{' '}
      <span className="font-medium text-text">{counted(count, 'denial')}</span>
      {apiKeyCount > 0 && !search.key && `, ${counted(apiKeyCount, 'known key')}`}
      {ipCount > 0 && !search.ip && `, ${counted(ipCount, 'address', 'addresses')}`}.
    </p>
  );
}

/** Whether anything was accepted from the address, and the buttons that stop these keys. */
export function AddressReport({ keys }: { readonly keys: readonly KeyFactsFragment[] }) {
  const working = keys.filter(({ status }) => status === 'ACTIVE').length;
  return (
    <Card title="Accepted from this address" padded={false}>
      <Notice isAlarming={working > 0}>
        {keys.length === 0 ? TEXTS.acceptedNone : TEXTS.acceptedSome(keys.length)}{' '}
        <span className="text-soft">{TEXTS.acceptedLimit}</span>
      </Notice>
      {keys.length > 0 && <SuspectKeys label="Accepted from this address" keys={keys} />}
    </Card>
  );
}

/** Whether the key was accepted in the time range, from where last, and the buttons that stop it. */
export function KeyReport({
  id,
  from,
  range,
  sums,
}: {
  readonly id: string;
  /** Start of the range. */
  readonly from: string;
  readonly range: TimeRange;
  readonly sums: DenialSums | null | undefined;
}) {
  const [{ data }] = useDocument(DeniedKeyDocument, { id, from, granularity: range.granularity });
  if (!data) return <Skeleton className="h-24 w-full" />;
  const { apiKey } = data;
  if (!apiKey)
    return (
      <Card>
        <p className="text-soft">This key doesn’t exist, or you can’t view it.</p>
      </Card>
    );
  const accepted = (apiKey.usage ?? []).reduce((sum, { verified }) => sum + verified, 0);
  const isAttacker = accepted > 0 && sums?.ips.some(({ ip }) => ip === apiKey.lastUsedIp);
  return (
    <Card title="The key" padded={false}>
      <Notice isAlarming={Boolean(isAttacker) && apiKey.status === 'ACTIVE'}>
        {accepted === 0 && `Not accepted ${range.words}.`}
        {accepted > 0 && `Accepted ${counted(accepted, 'time')} ${range.words}.`}{' '}
        {isAttacker && 'Its last accepted use came from an address that was also denied.'}
      </Notice>
      <SuspectKeys label="The key" keys={[apiKey]} />
    </Card>
  );
}

function Notice({ isAlarming, children }: { readonly isAlarming: boolean; readonly children: ReactNode }) {
  return (
    <p
      className={`border-b border-line px-4 py-3 last:border-0 ${isAlarming ? 'bg-warn-soft font-medium text-warn' : ''}`}
    >
      {children}
    </p>
  );
}
