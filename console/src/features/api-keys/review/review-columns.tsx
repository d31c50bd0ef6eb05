import { LastUsed } from '../../../design/patterns/last-used.tsx';
import { type Column, RowTitle } from '../../../design/patterns/table.tsx';
import { EnvironmentBadge } from '../../../design/primitives/badge.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import type { Concern } from './concerns.tsx';
import { type Chosen, Remedies } from './remedies.tsx';

/** The columns of a concern: the key, why it is listed, and what can be done about it. */
export function reviewColumns(
  concern: Concern,
  onChoose: (chosen: Chosen) => void,
): readonly Column<KeyFactsFragment>[] {
  return [
    { id: 'key', header: 'Key', cell: (key) => <KeyName apiKey={key} /> },
    { id: 'why', header: 'Reason', width: 11, card: 'bare', cell: (key) => <span>{concern.why(key)}</span> },
    {
      id: 'last-used',
      header: 'Last used',
      width: 8,
      leaves: 1,
      card: 'labelled',
      cell: ({ lastUsedAt }) => <LastUsed at={lastUsedAt} />,
    },
    {
      id: 'environment',
      header: 'Environment',
      width: 7,
      leaves: 2,
      card: 'labelled',
      cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
    },
    {
      id: 'remedies',
      header: <span className="sr-only">Actions</span>,
      width: 12,
      card: 'bare',
      cell: (key) => <Remedies apiKey={key} remedies={concern.remedies} onChoose={onChoose} />,
    },
  ];
}

function KeyName({ apiKey: { id, name, start } }: { readonly apiKey: KeyFactsFragment }) {
  const opens = useOpens();
  return (
    <div className="flex min-w-0 flex-col">
      <RowTitle to={opens('/keys/:keyId') && `/keys/${id}`}>{name}</RowTitle>
      <span className="truncate font-mono text-xs leading-4 text-soft">{start}…</span>
    </div>
  );
}
