import { useState } from 'react';
import { now } from '../../../api/clock.ts';
import { useDocument } from '../../../api/use-document.ts';
import { useSteady } from '../../../api/use-steady.ts';
import { Card, Skeleton } from '../../../design/patterns/page.tsx';
import { Segmented } from '../../../design/primitives/segmented.tsx';
import { useNow } from '../../../design/primitives/time.tsx';
import { KeyUsageDocument, type UsageGranularity } from '../../../generated/graphql.ts';
import { type ChartRange, UsageChart } from './usage-chart.tsx';

const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });

interface Choice extends ChartRange {
  readonly label: string;
  /** Resolution, as named in the accessible name of the chart. */
  readonly name: string;
  readonly granularity: UsageGranularity;
}

const CHOICES: readonly [Choice, ...Choice[]] = [
  {
    label: 'Hour',
    name: 'minute by minute',
    granularity: 'MINUTE',
    count: 60,
    length: 60_000,
    format: clock.format,
  },
  {
    label: 'Day',
    name: 'hour by hour',
    granularity: 'HOUR',
    count: 24,
    length: 3_600_000,
    format: clock.format,
  },
  {
    label: '90 days',
    name: 'day by day',
    granularity: 'DAY',
    count: 90,
    length: 86_400_000,
    format: day.format,
  },
];

const OPTIONS = CHOICES.map((choice) => [choice, choice.label] as const);

/** Usage of the key in the last hour, day or 90 days, updated live. */
export function UsageCard({ id }: { readonly id: string }) {
  const [choice, setChoice] = useState<Choice>(CHOICES[1] ?? CHOICES[0]);
  return (
    <Card
      title="Usage"
      actions={<Segmented legend="Period" value={choice} options={OPTIONS} onChange={setChoice} />}
    >
      <UsageIn key={choice.granularity} id={id} choice={choice} />
    </Card>
  );
}

function UsageIn({ id, choice }: { readonly id: string; readonly choice: Choice }) {
  const { granularity, length, count, name } = choice;
  // Constant while the view is open: it is the cache key, and new data is added under it.
  const [from] = useState(() => {
    const first = Math.floor(now() / length) - count + 1;
    return new Date(first * length).toISOString();
  });
  const [{ data, error }] = useDocument(KeyUsageDocument, { id, from, granularity });
  const end = Math.floor(useNow() / length) * length;
  const usage = useSteady(data?.apiKey)?.usage;
  if (usage) return <UsageChart usage={usage} range={choice} end={end} label={`Uses of the key, ${name}`} />;
  if (!error) return <Skeleton className="h-62 w-full" />;
  return (
    <p role="alert" className="text-danger">
      {error.message}
    </p>
  );
}
