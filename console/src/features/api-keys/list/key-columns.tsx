import { LastUsed } from '../../../design/patterns/last-used.tsx';
import { type Column, RowTitle } from '../../../design/patterns/table.tsx';
import { EnvironmentBadge } from '../../../design/primitives/badge.tsx';
import { DateText, RelativeTime } from '../../../design/primitives/time.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import { roleName } from '../../roles/role-name.ts';
import { KeyState } from './key-state.tsx';
import { KeySparkline } from './on-screen.tsx';

/** The columns of the list of keys, the name first. The page of a key shows those that narrow tables and cards hide. */
export const KEY_COLUMNS: readonly Column<KeyFactsFragment>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: 'NAME',
    cell: (key) => <KeyName apiKey={key} />,
  },
  {
    id: 'status',
    header: 'Status',
    width: 10.5,
    card: 'bare',
    cell: (key) => <KeyState apiKey={key} />,
  },
  {
    id: 'last-used',
    header: 'Last used',
    sort: 'LAST_USED_AT',
    width: 7.5,
    leaves: 1,
    card: 'labelled',
    cell: ({ lastUsedAt }) => <LastUsed at={lastUsedAt} />,
  },
  {
    id: 'day',
    header: 'Last 24 hours',
    width: 7.5,
    leaves: 4,
    cell: ({ id }) => <KeySparkline id={id} />,
  },
  {
    id: 'last-ip',
    header: 'Last used from',
    width: 9,
    leaves: 8,
    card: 'labelled',
    cell: ({ lastUsedIp }) => <Mono text={lastUsedIp} />,
  },
  {
    id: 'expires',
    header: 'Expires',
    sort: 'EXPIRES_AT',
    width: 7,
    leaves: 2,
    card: 'labelled',
    cell: ({ expiresAt }) => <Moment at={expiresAt} none="Never" />,
  },
  {
    id: 'rotation-due',
    header: 'Rotation due',
    width: 7,
    leaves: 9,
    card: 'labelled',
    cell: ({ rotationDueAt }) => <Moment at={rotationDueAt} none="–" />,
  },
  {
    id: 'role',
    header: 'Role',
    width: 7,
    leaves: 6,
    cell: ({ role }) => <Names names={role ? [roleName(role.name)] : []} />,
  },
  {
    id: 'environment',
    header: 'Environment',
    width: 6.5,
    leaves: 5,
    cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
  },
  {
    id: 'teams',
    header: 'Teams',
    width: 8,
    leaves: 7,
    cell: ({ teams }) => <Names names={teams.map(({ name }) => name)} />,
  },
  {
    id: 'created',
    header: 'Created',
    sort: 'CREATED_AT',
    width: 7.5,
    leaves: 3,
    card: 'labelled',
    cell: ({ createdAt }) => <DateText at={createdAt} />,
  },
  {
    id: 'updated',
    header: 'Updated',
    width: 8,
    leaves: 10,
    card: 'labelled',
    cell: ({ updatedAt }) => <RelativeTime at={updatedAt} />,
  },
  {
    id: 'id',
    header: 'ID',
    width: 13,
    leaves: 11,
    card: 'labelled',
    cell: ({ id }) => <Mono text={id} />,
  },
];

function KeyName({ apiKey: { id, name, start, status } }: { readonly apiKey: KeyFactsFragment }) {
  const opens = useOpens();
  return (
    <div className="flex min-w-0 flex-col @2xl:group-data-[density=compact]/table:flex-row @2xl:group-data-[density=compact]/table:items-baseline @2xl:group-data-[density=compact]/table:gap-2">
      <RowTitle
        to={opens('/keys/:keyId') && `/keys/${id}`}
        className={status === 'REVOKED' ? 'line-through' : undefined}
      >
        {name}
      </RowTitle>
      <KeyStart start={start} />
    </div>
  );
}

/** A time, relative to now. */
function Moment({ at, none }: { readonly at: string | null; readonly none: string }) {
  if (!at) return <span className="text-soft">{none}</span>;
  return <RelativeTime at={at} />;
}

function Mono({ text }: { readonly text: string | null }) {
  if (!text) return <span className="text-soft">–</span>;
  return (
    <span className="block truncate font-mono text-xs" title={text}>
      {text}
    </span>
  );
}

/** The first characters of a secret. */
function KeyStart({ start }: { readonly start: string }) {
  return <span className="block truncate font-mono text-xs leading-4 text-soft">{start}…</span>;
}

function Names({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return <span className="text-soft">–</span>;
  const text = names.join(', ');
  return (
    <span className="block truncate" title={text}>
      {text}
    </span>
  );
}
