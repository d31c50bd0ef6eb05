import { useEffect, useRef } from 'react';
import { useDocument } from '../../api/use-document.ts';
import { Figure, Figures } from '../../design/patterns/figure.tsx';
import { FullTime } from '../../design/primitives/time.tsx';
import { LastDayDocument } from '../../generated/graphql.ts';
import { useCan, useOrganization } from '../../viewer/organization.tsx';
import type { Denials } from './denial-log.ts';

/** Maximum delay until the server counts a denial, milliseconds. */
const SETTLED_MS = 3_000;

/** Minimum interval between requests, regardless of the number of denials, milliseconds. */
const INTERVAL_MS = 15_000;

/** Numbers of denials since the view was opened and in the last day, and of accepted verifications. */
export function DenialFigures({ denials }: { readonly denials: Denials | null }) {
  const { id: organizationId } = useOrganization();
  const can = useCan();
  const [{ data }, ask] = useDocument(
    LastDayDocument,
    { organizationId },
    { pause: !can('organization.view') },
  );
  const mayAsk = can('organization.view');
  useSoonAfter(denials?.total ?? 0, () => mayAsk && ask({ requestPolicy: 'network-only' }));
  const summary = data?.organization?.keySummary;
  return (
    <Figures>
      <Figure
        name="Denied since you opened this page"
        value={denials?.total}
        note={denials && <Since denials={denials} />}
        live
      />
      {can('organization.view') && (
        <>
          <Figure name="Denied in the last 24 hours" value={summary?.deniedLastDay} note="Of known keys" />
          <Figure name="Accepted in the last 24 hours" value={summary?.verifiedLastDay} note="Of all keys" />
        </>
      )}
    </Figures>
  );
}

function Since({ denials: { since, gaps } }: { readonly denials: Denials }) {
  return (
    <>
      Since <FullTime at={new Date(since).toISOString()} />
      {gaps > 0 &&
        `; the connection was lost ${gaps === 1 ? 'once' : `${gaps} times`}, and denials during that time are not counted`}
    </>
  );
}

/** Calls back some time after the value changes, and at most once per interval. */
function useSoonAfter(value: number, call: () => void): void {
  const latest = useRef(call);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const notBefore = useRef(0);
  useEffect(() => {
    latest.current = call;
  });
  useEffect(() => {
    if (value === 0) return;
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
