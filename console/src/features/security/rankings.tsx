import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Card } from '../../design/patterns/page.tsx';
import { Badge, KeyStatus } from '../../design/primitives/badge.tsx';
import { Scrolling } from '../../design/primitives/scrolling.tsx';
import { RelativeTime } from '../../design/primitives/time.tsx';
import { REASONS } from '../api-keys/detail/denials-card.tsx';
import { addressOf, type DenialSearch } from './denial-search.ts';
import { TEXTS } from './texts.ts';
import type { DenialSums } from './use-denial-sums.ts';

/** Denials by address, key and reason, most first. Each leads to the view of it. What is filtered by is omitted. */
export function Rankings({
  sums,
  search,
  range,
}: {
  readonly sums: DenialSums;
  readonly search: DenialSearch;
  /** As in the URL. */
  readonly range: string;
}) {
  const narrowed = (changes: Partial<DenialSearch>) => addressOf({ ...search, ...changes }, range);
  return (
    <div className="grid items-start gap-5 grid-cols-[repeat(auto-fit,minmax(min(18rem,100%),1fr))]">
      {!search.ip && (
        <Ranking
          title="By address"
          total={sums.ipCount}
          rows={sums.ips.map(({ ip, ...rest }) => ({
            ...rest,
            id: ip,
            to: narrowed({ ip }),
            name: <span className="font-mono text-small">{ip}</span>,
          }))}
          none="No address was provided."
        />
      )}
      {!search.key && (
        <Ranking
          title="By key"
          total={sums.apiKeyCount}
          rows={sums.apiKeys.map(({ apiKey, ...rest }) => ({
            ...rest,
            id: apiKey?.id ?? '',
            to: apiKey ? narrowed({ key: apiKey.id }) : null,
            name: apiKey ? <bdi>{apiKey.name}</bdi> : <span className="text-soft">{TEXTS.noKey}</span>,
            note: apiKey && apiKey.status !== 'ACTIVE' && <KeyStatus status={apiKey.status} />,
          }))}
          none="No key was recorded."
        />
      )}
      {!search.code && (
        <Ranking
          title="By reason"
          total={sums.codes.length}
          rows={sums.codes.map(({ code, ...rest }) => ({
            ...rest,
            id: code,
            to: narrowed({ code }),
            name: <Badge tone="danger">{REASONS[code]}</Badge>,
          }))}
          none=""
        />
      )}
    </div>
  );
}

interface Ranked {
  readonly id: string;
  /** Null: it can't be filtered by. */
  readonly to: string | null;
  readonly name: ReactNode;
  readonly note?: ReactNode;
  readonly count: number;
  readonly lastAt: string;
}

function Ranking({
  title,
  total,
  rows,
  none,
}: {
  readonly title: string;
  readonly total: number;
  readonly rows: readonly Ranked[];
  readonly none: string;
}) {
  const known = rows.filter(({ to }) => to !== null).length;
  return (
    <Card
      padded={false}
      title={title}
      actions={
        total > known && (
          <span className="text-small text-soft">
            The first {known} of {total.toLocaleString('en')}
          </span>
        )
      }
    >
      {rows.length === 0 ? (
        <p className="px-4 py-5 text-soft">{none}</p>
      ) : (
        <Scrolling label={title} className="max-h-88">
          <ol aria-label={title} className="divide-y divide-line">
            {rows.map((row) => (
              <li key={row.id}>
                {row.to ? (
                  <Link href={row.to} className="block hover:bg-hover/60">
                    <RankedRow row={row} />
                  </Link>
                ) : (
                  <RankedRow row={row} />
                )}
              </li>
            ))}
          </ol>
        </Scrolling>
      )}
    </Card>
  );
}

function RankedRow({ row: { name, note, count, lastAt } }: { readonly row: Ranked }) {
  return (
    <span className="flex min-w-0 items-center gap-3 px-4 py-2.5">
      <span className="flex min-w-0 grow items-center gap-2">
        <span className="min-w-0 truncate">{name}</span>
        {note}
      </span>
      <span className="hidden shrink-0 text-small text-soft sm:inline">
        <RelativeTime at={lastAt} />
      </span>
      <span className="shrink-0 font-medium tabular-nums">
        {count.toLocaleString('en')}
        <span className="sr-only"> denials</span>
      </span>
    </span>
  );
}
