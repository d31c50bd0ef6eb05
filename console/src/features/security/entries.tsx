import { Link } from 'wouter';
import { type ShownList, useList } from '../../api/use-list.ts';
import { LastUsed } from '../../design/patterns/last-used.tsx';
import { ListFrame } from '../../design/patterns/list-frame.tsx';
import { Card } from '../../design/patterns/page.tsx';
import { type Column, RowTitle, Table } from '../../design/patterns/table.tsx';
import { Badge } from '../../design/primitives/badge.tsx';
import { RelativeTime } from '../../design/primitives/time.tsx';
import { type DenialFilter, DenialPageDocument } from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';
import { REASONS } from '../api-keys/detail/denials-card.tsx';
import type { Attempt, Denials } from './denial-log.ts';
import { addressOf, type DenialSearch } from './denial-search.ts';
import { TEXTS } from './texts.ts';

type Entry = Attempt & { readonly id: string; readonly isLive: boolean };

/** Denials one by one: those since the view was opened on top, then those before. */
export function Entries({
  denials,
  filter,
  search,
  from,
  range,
}: {
  readonly denials: Denials;
  readonly filter: DenialFilter;
  readonly search: DenialSearch;
  /** Start of the range. Null: only live ones. */
  readonly from: string | null;
  /** As in the URL. */
  readonly range: string;
}) {
  const to = new Date(Math.max(denials.since, from === null ? 0 : Date.parse(from))).toISOString();
  const stored = useStored(from === null ? null : { ...filter, from, to });
  const live = denials.attempts
    .filter((attempt) => fits(attempt, filter))
    .map((attempt) => ({ ...attempt, id: `live ${idOf(attempt)}`, isLive: true }));
  const rows = [...live, ...stored.rows];
  if (rows.length === 0 && !stored.loading && !stored.error) return null;
  return (
    <Card padded={false} title="Denials" className="overflow-clip">
      {denials.gaps > 0 && (
        <p className="border-b border-line px-4 py-2.5 text-small text-soft">{TEXTS.gap}</p>
      )}
      <ListFrame list={{ ...stored, rows }} placeholders={3}>
        <Table
          label="Denied attempts"
          columns={columns((changes) => addressOf({ ...search, ...changes }, range))}
          rows={rows}
          nameOf={({ key, code }) => key?.name ?? REASONS[code]}
        />
      </ListFrame>
    </Card>
  );
}

function useStored(filter: DenialFilter | null): ShownList<Entry> {
  const { id: organizationId } = useOrganization();
  return useList(filter && `${organizationId} ${JSON.stringify(filter)}`, () => ({
    document: DenialPageDocument,
    variables: (after: string | null) => ({ organizationId, filter: filter ?? {}, after }),
    pageOf: ({ organization }) => {
      const page = organization?.denials;
      if (!page) return page;
      const nodes = page.nodes.map(({ apiKey, code, ip, count, occurredAt }) => {
        const attempt = { key: apiKey ?? null, code, ip: ip ?? null, count, lastSeen: occurredAt };
        return { ...attempt, id: `${occurredAt} ${idOf(attempt)}`, isLive: false };
      });
      return { ...page, nodes };
    },
  }));
}

function idOf({ key, code, ip }: Pick<Attempt, 'key' | 'code' | 'ip'>): string {
  return `${key?.id} ${code} ${ip}`;
}

function fits({ key, code, ip }: Attempt, { apiKeyId, ip: address, codes }: DenialFilter): boolean {
  return (
    (!apiKeyId || key?.id === apiKeyId) && (!address || ip === address) && (!codes || codes.includes(code))
  );
}

function columns(narrowed: (changes: Partial<DenialSearch>) => string): readonly Column<Entry>[] {
  return [
    {
      id: 'key',
      header: 'Key',
      card: 'bare',
      cell: ({ key }) => (
        <div className="flex min-w-0 flex-col">
          {key ? (
            <RowTitle to={narrowed({ key: key.id })}>{key.name}</RowTitle>
          ) : (
            <span className="truncate text-soft">{TEXTS.noKey}</span>
          )}
          {key && <span className="truncate font-mono text-xs leading-4 text-soft">{key.start}…</span>}
        </div>
      ),
    },
    {
      id: 'reason',
      header: 'Reason',
      className: 'w-48',
      card: 'bare',
      cell: ({ code, count }) => (
        <span className="flex min-w-0 items-center gap-1.5">
          <Badge tone="danger">{REASONS[code]}</Badge>
          {count > 1 && (
            <span className="shrink-0 text-small text-soft tabular-nums">× {count.toLocaleString('en')}</span>
          )}
        </span>
      ),
    },
    {
      id: 'address',
      header: 'Address',
      className: 'w-36',
      card: 'labelled',
      cell: ({ ip }) =>
        ip ? (
          <Link href={narrowed({ ip })} title={ip} className="truncate font-mono text-small hover:underline">
            {ip}
          </Link>
        ) : (
          <span className="text-soft">{TEXTS.noAddress}</span>
        ),
    },
    {
      id: 'last-seen',
      header: 'When',
      className: 'w-32',
      card: 'labelled',
      cell: ({ lastSeen, isLive }) =>
        isLive ? (
          <span className="inline-flex items-center gap-1.5" title={TEXTS.live}>
            <span aria-hidden="true" className="size-2 shrink-0 rounded-full bg-live" />
            <span className="sr-only">Live: </span>
            <LastUsed at={lastSeen} />
          </span>
        ) : (
          <RelativeTime at={lastSeen} />
        ),
    },
  ];
}
