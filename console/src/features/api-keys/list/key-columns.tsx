import { now } from '../../../api/clock.ts';
import { LastUsed } from '../../../design/patterns/last-used.tsx';
import { type Column, RowTitle } from '../../../design/patterns/table.tsx';
import { EnvironmentBadge, KeyStatus } from '../../../design/primitives/badge.tsx';
import { DateText, RelativeTime } from '../../../design/primitives/time.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import { roleName } from '../../roles/role-name.ts';
import { KeySparkline } from './sparklines.tsx';

/** The columns of the list of keys. The page of a key shows those that narrow tables and cards hide. */
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
    className: 'w-28',
    card: 'bare',
    cell: ({ status }) => <KeyStatus status={status} />,
  },
  {
    id: 'last-used',
    header: 'Last used',
    sort: 'LAST_USED_AT',
    className: 'w-32',
    card: 'labelled',
    cell: ({ lastUsedAt }) => <LastUsed at={lastUsedAt} />,
  },
  {
    id: 'day',
    header: 'Last 24 hours',
    className: 'w-32',
    from: 'medium',
    cell: ({ id }) => <KeySparkline id={id} />,
  },
  {
    id: 'role',
    header: 'Role',
    className: 'w-28',
    from: 'wide',
    cell: ({ role }) => <Names names={role ? [roleName(role.name)] : []} />,
  },
  {
    id: 'environment',
    header: 'Environment',
    className: 'w-26',
    from: 'wider',
    cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
  },
  {
    id: 'teams',
    header: 'Teams',
    className: 'w-32',
    from: 'widest',
    cell: ({ teams }) => <Names names={teams.map(({ name }) => name)} />,
  },
  {
    id: 'created',
    header: 'Created',
    sort: 'CREATED_AT',
    className: 'w-36',
    card: 'labelled',
    cell: ({ createdAt, expiresAt }) => (
      <div className="flex flex-col @max-2xl:flex-row @max-2xl:flex-wrap @max-2xl:gap-x-4">
        <DateText at={createdAt} />
        <Expiry at={expiresAt} />
      </div>
    ),
  },
];

function KeyName({ apiKey: { id, name, start, status } }: { readonly apiKey: KeyFactsFragment }) {
  const opens = useOpens();
  return (
    <div className="flex min-w-0 flex-col">
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

function Expiry({ at }: { readonly at: string | null }) {
  return (
    <span className="text-soft @2xl:text-xs @2xl:leading-4">
      {at ? (
        <>
          {Date.parse(at) > now() ? 'Expires' : 'Expired'} <RelativeTime at={at} />
        </>
      ) : (
        'No expiry'
      )}
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
