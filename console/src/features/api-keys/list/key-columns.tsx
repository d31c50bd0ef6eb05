import { Link } from 'wouter';
import { EnvironmentBadge, KeyStatus } from '../../../components/badge.tsx';
import { LastUsed } from '../../../components/last-used.tsx';
import type { Column } from '../../../components/table.tsx';
import { DateText } from '../../../components/time.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import { KeySparkline } from './sparklines.tsx';

/** The columns of the list of keys; on narrow pages the less telling ones step back. */
export const KEY_COLUMNS: readonly Column<KeyFactsFragment>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: 'NAME',
    className: 'w-auto',
    cell: (key) => <KeyName apiKey={key} />,
  },
  {
    id: 'role',
    header: 'Role',
    className: 'hidden w-32 xl:table-cell',
    cell: ({ role }) => <span className="block truncate">{role?.name ?? <Nothing />}</span>,
  },
  {
    id: 'environment',
    header: 'Environment',
    className: 'hidden w-28 md:table-cell',
    cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
  },
  {
    id: 'teams',
    header: 'Teams',
    className: 'hidden w-32 xl:table-cell',
    cell: ({ teams }) => (
      <span className="block truncate" title={teams.map(({ name }) => name).join(', ')}>
        {teams.map(({ name }) => name).join(', ') || <Nothing />}
      </span>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    className: 'w-28',
    cell: ({ status, lastUsedAt }) => (
      <div className="flex flex-col items-start gap-0.5">
        <KeyStatus status={status} />
        <span className="pl-1 text-xs leading-4 text-soft xs:hidden">
          <LastUsed at={lastUsedAt} />
        </span>
      </div>
    ),
  },
  {
    id: 'created',
    header: 'Created',
    sort: 'CREATED_AT',
    className: 'hidden w-32 lg:table-cell',
    cell: ({ createdAt }) => <DateText at={createdAt} />,
  },
  {
    id: 'last-used',
    header: 'Last used',
    sort: 'LAST_USED_AT',
    className: 'hidden w-36 xs:table-cell',
    cell: ({ lastUsedAt }) => <LastUsed at={lastUsedAt} />,
  },
  {
    id: 'day',
    header: 'Last 24 hours',
    className: 'hidden w-32 md:table-cell',
    cell: ({ id }) => <KeySparkline id={id} />,
  },
];

function KeyName({ apiKey: { id, name, start, status } }: { readonly apiKey: KeyFactsFragment }) {
  const opens = useOpens();
  const shape = status === 'REVOKED' ? 'truncate font-medium line-through' : 'truncate font-medium';
  return (
    <div className="flex min-w-0 flex-col">
      {opens('/keys/:keyId') ? (
        <Link href={`/keys/${id}`} className={`${shape} hover:underline`}>
          {name}
        </Link>
      ) : (
        <span className={shape}>{name}</span>
      )}
      <KeyStart start={start} />
    </div>
  );
}

/** The first characters of a secret. */
export function KeyStart({ start }: { readonly start: string }) {
  return <span className="block truncate font-mono text-xs leading-4 text-soft">{start}…</span>;
}

function Nothing() {
  return <span className="text-soft">–</span>;
}
