import { LastUsed } from '../../design/patterns/last-used.tsx';
import { type Column, RowTitle } from '../../design/patterns/table.tsx';
import { Badge } from '../../design/primitives/badge.tsx';
import { useOpens } from '../../shell/views.tsx';
import { REASONS } from '../api-keys/detail/denials-card.tsx';
import type { DeniedKey } from './denial-log.ts';
import type { DenialGroup, Grouping } from './group-denials.ts';

/** Columns of a grouping, starting with its group. */
export function denialColumns(by: Grouping): readonly Column<DenialGroup>[] {
  const first = by === 'attempt' ? 'key' : by;
  const order = {
    key: ['key', 'reason', 'address'],
    reason: ['reason', 'key', 'address'],
    address: ['address', 'key', 'reason'],
  } as const;
  const [lead, second, third] = order[first];
  return [
    COLUMNS[lead],
    { ...COLUMNS[second], className: 'w-52' },
    { ...COLUMNS[third], className: 'w-52', from: 'wide' },
    COUNT,
    LAST_SEEN,
  ];
}

const COLUMNS: Readonly<Record<'key' | 'reason' | 'address', Column<DenialGroup>>> = {
  key: { id: 'key', header: 'Key', card: 'bare', cell: (group) => <Keys group={group} /> },
  reason: {
    id: 'reason',
    header: 'Reason',
    card: 'bare',
    cell: ({ codes }) => <Several all={codes.map((code) => REASONS[code])} tone />,
  },
  address: {
    id: 'address',
    header: 'Address',
    card: 'labelled',
    cell: ({ ips }) => <Several all={ips.map((ip) => ip ?? 'Unknown')} />,
  },
};

const COUNT: Column<DenialGroup> = {
  id: 'count',
  header: 'Attempts',
  className: 'w-20 text-right',
  card: 'labelled',
  cell: ({ count }) => <span className="font-medium tabular-nums">{count.toLocaleString('en')}</span>,
};

const LAST_SEEN: Column<DenialGroup> = {
  id: 'last-seen',
  header: 'Last seen',
  className: 'w-32',
  card: 'labelled',
  cell: ({ lastSeen }) => <LastUsed at={lastSeen} />,
};

function Keys({ group: { keys } }: { readonly group: DenialGroup }) {
  const [latest = null] = keys;
  return (
    <div className="flex min-w-0 flex-col">
      <KeyLink deniedKey={latest} />
      <span className="truncate text-xs leading-4 text-soft">
        {keys.length > 1 && `and ${keys.length - 1} more`}
        {keys.length === 1 && latest && <span className="font-mono">{latest.start}…</span>}
      </span>
    </div>
  );
}

function KeyLink({ deniedKey }: { readonly deniedKey: DeniedKey }) {
  const opens = useOpens();
  if (!deniedKey) return <span className="truncate text-soft">No such key</span>;
  return <RowTitle to={opens('/keys/:keyId') && `/keys/${deniedKey.id}`}>{deniedKey.name}</RowTitle>;
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
