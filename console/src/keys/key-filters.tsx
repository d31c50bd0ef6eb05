import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useQuery } from 'urql';
import { parsed } from '../api/document.ts';
import { Button } from '../components/button.tsx';
import { Input, Select } from '../components/input.tsx';
import { KeyFilterChoicesDocument } from '../generated/graphql.ts';
import { useCan, useOrganization } from '../session/organization.tsx';
import { type KeySearch, narrows, type SearchParameter } from './key-search.ts';

const TYPING_MS = 250;

interface Props {
  readonly search: KeySearch;
  change(changes: Partial<Record<SearchParameter, string>>): void;
  clear(): void;
}

/** Narrows the list of keys; what is chosen stands in the address. */
export function KeyFilters({ search, change, clear }: Props) {
  const { roles, teams } = useChoices();
  return (
    <search aria-label="Filters" className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap sm:items-center">
      <SearchText text={search.text} onChange={(q) => change({ q })} />
      <Filter
        label="Status"
        all="Any but revoked"
        value={search.status?.toLowerCase()}
        choices={[
          ['active', 'Active'],
          ['disabled', 'Disabled'],
          ['expired', 'Expired'],
          ['revoked', 'Revoked'],
        ]}
        onChange={(status) => change({ status })}
      />
      <Filter
        label="Environment"
        all="Live and test"
        value={search.environment?.toLowerCase()}
        choices={[
          ['live', 'Live'],
          ['test', 'Test'],
        ]}
        onChange={(environment) => change({ environment })}
      />
      {roles.length > 0 && (
        <Filter
          label="Role"
          all="Any role"
          value={search.roleId}
          choices={roles}
          onChange={(role) => change({ role })}
        />
      )}
      {teams.length > 0 && (
        <Filter
          label="Team"
          all="Any team"
          value={search.teamId}
          choices={teams}
          onChange={(team) => change({ team })}
        />
      )}
      <Filter
        label="Needs attention"
        all="All concerns"
        value={search.concern}
        choices={[
          ['unused', 'Unused for 90 days'],
          ['overdue', 'Rotation overdue'],
          ['expiring', 'Expiring within 7 days'],
        ]}
        onChange={(show) => change({ show })}
      />
      {narrows(search) && (
        <Button look="quiet" onClick={clear}>
          <X size={16} aria-hidden="true" />
          Clear
        </Button>
      )}
    </search>
  );
}

function Filter({
  label,
  all,
  value,
  choices,
  onChange,
}: {
  readonly label: string;
  /** The choice that leaves nothing out. */
  readonly all: string;
  readonly value: string | null | undefined;
  readonly choices: readonly (readonly [value: string, label: string])[];
  onChange(value: string): void;
}) {
  return (
    <Select
      aria-label={label}
      value={value ?? ''}
      data-narrows={value ? '' : undefined}
      onChange={(event) => onChange(event.target.value)}
      className="sm:max-w-48"
    >
      <option value="">{all}</option>
      {choices.map(([choice, words]) => (
        <option key={choice} value={choice}>
          {words}
        </option>
      ))}
    </Select>
  );
}

function SearchText({ text, onChange }: { readonly text: string; onChange(text: string): void }) {
  const [typed, setTyped] = useState(text);
  const told = useRef(text);
  useEffect(() => {
    if (text === told.current) return;
    told.current = text;
    setTyped(text);
  }, [text]);
  useEffect(() => {
    if (typed === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed;
      onChange(typed);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  });
  return (
    <div className="relative col-span-2 sm:w-64">
      <Search
        size={16}
        aria-hidden="true"
        className="pointer-events-none absolute top-2.5 left-3 text-soft"
      />
      <Input
        type="search"
        aria-label="Search keys by name, description, start or id"
        placeholder="Search name, start or id"
        maxLength={200}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className="pl-9"
      />
    </div>
  );
}

function useChoices() {
  const { id: organizationId } = useOrganization();
  const can = useCan();
  const [roles, teams] = [can('role.view'), can('team.view')];
  const [{ data }] = useQuery({
    query: parsed(KeyFilterChoicesDocument),
    variables: { organizationId, roles, teams },
    pause: !can('organization.view') || !(roles || teams),
  });
  const pairs = (nodes: readonly { id: string; name: string }[] = []) =>
    nodes.map(({ id, name }) => [id, name] as const);
  return { roles: pairs(data?.organization?.roles?.nodes), teams: pairs(data?.organization?.teams?.nodes) };
}
