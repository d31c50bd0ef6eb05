import { useEffect, useRef, useState } from 'react';
import type { CombinedError } from 'urql';
import { now } from '../../api/clock.ts';
import { useDocument } from '../../api/use-document.ts';
import { useSteady } from '../../api/use-steady.ts';
import { rangeStart } from '../../design/patterns/chart/points.ts';
import type { TimeRange } from '../../design/patterns/chart/ranges.ts';
import {
  type DenialFilter,
  DenialSumsDocument,
  type DenialSumsQuery,
  UndetailedDenialsDocument,
} from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';

/** Sums of denials. */
export type DenialSums = NonNullable<NonNullable<DenialSumsQuery['organization']>['denialSummary']>;

/** Delay after a denial until the sums are requested again, and minimum interval between requests, milliseconds. */
const SETTLED_MS = 1_000;
const INTERVAL_MS = 5_000;

/** The sums of a filter in a range, requested again after `seen` changes: the number of denials seen live. */
export function useDenialSums(
  range: TimeRange,
  filter: DenialFilter,
  seen: number,
): {
  readonly sums: DenialSums | null | undefined;
  /** Denials counted by code only that the filter excludes, although it may fit them. */
  readonly excluded: number;
  /** Start of the range, as sent. */
  readonly from: string;
  readonly error: CombinedError | undefined;
  reload(): void;
} {
  const { id: organizationId } = useOrganization();
  const { granularity } = range;
  // Constant while the view is open: it is part of the cache key.
  const [from] = useState(() => new Date(rangeStart(range, now())).toISOString());
  const { ip, apiKeyId, codes } = filter;
  const isNarrow = Boolean(ip || apiKeyId);
  const [{ data, error }, ask] = useDocument(DenialSumsDocument, {
    ...{ organizationId, granularity },
    filter: { ...filter, from },
    withAccepted: Boolean(ip),
  });
  const [{ data: whole }, askWhole] = useDocument(
    UndetailedDenialsDocument,
    { organizationId, granularity, filter: { from, ...(codes && { codes }) } },
    { pause: !isNarrow },
  );
  const reload = () => {
    ask({ requestPolicy: 'network-only' });
    if (isNarrow) askWhole({ requestPolicy: 'network-only' });
  };
  useSoonAfter(seen, reload);
  return {
    sums: useSteady(data?.organization?.denialSummary),
    excluded: isNarrow ? (whole?.organization?.denialSummary?.undetailed ?? 0) : 0,
    from,
    error,
    reload,
  };
}

/** Calls back some time after the value changes, and at most once per interval. */
function useSoonAfter(value: number, call: () => void): void {
  const latest = useRef(call);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const notBefore = useRef(0);
  const first = useRef(value);
  useEffect(() => {
    latest.current = call;
  });
  useEffect(() => {
    if (value === first.current) return;
    const wait = Math.max(SETTLED_MS, notBefore.current - performance.now());
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      notBefore.current = performance.now() + INTERVAL_MS;
      latest.current();
    }, wait);
  }, [value]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}
