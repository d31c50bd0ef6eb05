import {
  ChevronRight,
  CircleCheck,
  Clock,
  Hourglass,
  type LucideIcon,
  RefreshCw,
  ShieldX,
} from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { DAY_MS, now } from '../../api/clock.ts';
import { useRefreshed } from '../../api/use-refreshed.ts';
import { useSteady } from '../../api/use-steady.ts';
import { Card, LoadFault, SkeletonRows } from '../../design/patterns/page.tsx';
import { useNow } from '../../design/primitives/time.tsx';
import { OverviewAttentionDocument, type OverviewAttentionQuery } from '../../generated/graphql.ts';
import { useOpens } from '../../shell/views.tsx';
import { useOrganization } from '../../viewer/organization.tsx';
import { spikeOf } from './attention.ts';
import { TEXTS } from './texts.ts';

const HOUR_MS = 3_600_000;

interface Problem {
  readonly id: string;
  readonly icon: LucideIcon;
  readonly words: string;
  readonly to: string;
}

/** What needs attention, each with a link to the keys or denials concerned. */
export function AttentionCard() {
  const { id: organizationId } = useOrganization();
  const [from] = useState(() => new Date(Math.floor(now() / HOUR_MS) * HOUR_MS - DAY_MS).toISOString());
  const [{ data, error }, reload] = useRefreshed(OverviewAttentionDocument, { organizationId, from });
  const hour = Math.floor(useNow() / HOUR_MS) * HOUR_MS;
  const opens = useOpens();
  const organization = useSteady(data?.organization?.keySummary ? data.organization : null);
  const problems =
    organization && problemsOf(organization, hour).filter(({ id }) => id !== 'spike' || opens('/security'));
  return (
    <Card title="Needs attention" padded={false}>
      {!problems &&
        (error ? (
          <LoadFault message={error.message} retry={() => reload({ requestPolicy: 'network-only' })} />
        ) : (
          <SkeletonRows count={3} />
        ))}
      {problems?.length === 0 && (
        <div className="flex gap-3 px-4 py-4">
          <CircleCheck size={18} className="mt-px shrink-0 text-good" aria-hidden="true" />
          <div>
            <p className="font-medium">{TEXTS.attention.none}</p>
            <p className="mt-0.5 text-small text-soft">{TEXTS.attention.noneMeaning}</p>
          </div>
        </div>
      )}
      {problems && problems.length > 0 && (
        <ul className="divide-y divide-line">
          {problems.map(({ id, icon: Icon, words, to }) => (
            <li key={id}>
              <Link
                href={to}
                data-problem={id}
                className="flex min-h-12 items-center gap-3 px-4 py-2.5 hover:bg-hover"
              >
                <Icon
                  size={17}
                  className={id === 'spike' ? 'shrink-0 text-danger' : 'shrink-0 text-warn'}
                  aria-hidden="true"
                />
                <span className="grow">{words}</span>
                <ChevronRight size={16} className="shrink-0 text-soft" aria-hidden="true" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function problemsOf(
  { keySummary, usage }: NonNullable<OverviewAttentionQuery['organization']>,
  at: number,
): Problem[] {
  const { attention } = TEXTS;
  const problems: Problem[] = [];
  const spike = spikeOf(usage ?? [], at);
  if (spike)
    problems.push({
      id: 'spike',
      icon: ShieldX,
      words: attention.spike(spike.recent, spike.usual),
      to: '/security?range=24h',
    });
  if (!keySummary) return problems;
  const kinds = [
    ['expiring', Clock, keySummary.expiringSoon, keySummary.expiringSoonIsExact],
    ['overdue', RefreshCw, keySummary.rotationOverdue, keySummary.rotationOverdueIsExact],
    ['unused', Hourglass, keySummary.unused, keySummary.unusedIsExact],
  ] as const;
  for (const [id, icon, count, isExact] of kinds)
    if (count > 0)
      problems.push({ id, icon, words: attention[id]({ count, isExact }), to: `/keys?show=${id}` });
  return problems;
}
