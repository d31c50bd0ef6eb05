import { Link } from 'wouter';
import { Badge } from '../../components/badge.tsx';
import { LastUsed } from '../../components/last-used.tsx';
import type { Column } from '../../components/table.tsx';
import { useOpens } from '../../shell/views.tsx';
import { REASONS } from '../api-keys/detail/denials-card.tsx';
import type { DeniedKey } from './denial-log.ts';
import type { DenialGroup, Grouping } from './group-denials.ts';

/** Columns of a grouping. The grouped-by column comes first and stays visible on narrow pages. */
export function denialColumns(by: Grouping): readonly Column<DenialGroup>[] {
  const first = by === 'attempt' ? 'key' : by;
  const order = {
    key: ['key', 'reason', 'address'],
    reason: ['reason', 'key', 'address'],
    address: ['address', 'key', 'reason'],
  } as const;
  const [lead, ...others] = order[first];
  return [
    { ...COLUMNS[lead], className: 'w-auto' },
    ...others.map((id) => ({
      ...COLUMNS[id],
      className: id === 'reason' ? 'hidden w-52 sm:table-cell' : 'hidden w-48 lg:table-cell',
    })),
    COUNT,
    LAST_SEEN,
  ];
}

const COLUMNS: Readonly<Record<'key' | 'reason' | 'address', Column<DenialGroup>>> = {
  key: { id: 'key', header: 'Key', cell: (group) => <Keys group={group} /> },
  reason: {
    id: 'reason',
    header: 'Reason',
    cell: ({ codes }) => <Several all={codes.map((code) => REASONS[code])} tone />,
  },
  address: {
    id: 'address',
    header: 'Address',
    cell: ({ ips }) => <Several all={ips.map((ip) => ip ?? 'Not given')} />,
  },
};

const COUNT: Column<DenialGroup> = {
  id: 'count',
  header: 'Attempts',
  className: 'w-20 text-right',
  cell: ({ count }) => <span className="font-medium tabular-nums">{count.toLocaleString('en')}</span>,
};

const LAST_SEEN: Column<DenialGroup> = {
  id: 'last-seen',
  header: 'Last seen',
  className: 'w-28 sm:w-32',
  cell: ({ lastSeen }) => <LastUsed at={lastSeen} />,
};

function Keys({ group: { keys, codes } }: { readonly group: DenialGroup }) {
  const [latest = null] = keys;
  return (
    <div className="flex min-w-0 flex-col">
      <KeyLink deniedKey={latest} />
      <span className="truncate text-xs leading-4 text-soft">
        {keys.length > 1 && `and ${keys.length - 1} more`}
        {keys.length === 1 && latest && <span className="font-mono max-sm:hidden">{latest.start}…</span>}
        {/* Where there is no column for it. */}
        <span className="sm:hidden"> {codes.map((code) => REASONS[code]).join(', ')}</span>
      </span>
    </div>
  );
}

function KeyLink({ deniedKey }: { readonly deniedKey: DeniedKey }) {
  const opens = useOpens();
  if (!deniedKey) return <span className="truncate text-soft">No such key</span>;
  if (!opens('/keys/:keyId')) return <span className="truncate font-medium">{deniedKey.name}</span>;
  return (
    <Link href={`/keys/${deniedKey.id}`} className="truncate font-medium hover:underline">
      {deniedKey.name}
    </Link>
  );
}

function Several({ all, tone = false }: { readonly all: readonly string[]; readonly tone?: boolean }) {
  const [latest = ''] = all;
  return (
    <span className="flex min-w-0 items-center gap-1.5" title={all.join(', ')}>
      {tone ? (
        <Badge tone="danger">{latest}</Badge>
      ) : (
        <span className="truncate font-mono text-[0.8125rem]">{latest}</span>
      )}
      {all.length > 1 && <span className="shrink-0 text-xs text-soft">+ {all.length - 1}</span>}
    </span>
  );
}
