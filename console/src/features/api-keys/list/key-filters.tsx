import { Search, X } from 'lucide-react';
import { Filter, FilterBar, FilterText, Options } from '../../../design/patterns/filters.tsx';
import { Button } from '../../../design/primitives/button.tsx';
import { useRoleNames } from '../../roles/role-list.ts';
import { roleName } from '../../roles/role-name.ts';
import { useTeamNames } from '../../teams/team-list.ts';
import { type KeySearch, narrows, type SearchParameter } from './key-search.ts';

interface Props {
  readonly search: KeySearch;
  change(changes: Partial<Record<SearchParameter, string>>): void;
  clear(): void;
}

/** Filters of the list of keys, stored in the URL. */
export function KeyFilters({ search, change, clear }: Props) {
  const roles = useRoleNames().rows.map(({ id, name }) => [id, roleName(name)] as const);
  const teams = pairs(useTeamNames().rows);
  return (
    <FilterBar className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap sm:items-center lg:flex-nowrap">
      <div className="relative col-span-2 sm:w-64 lg:min-w-40 lg:shrink-[99]">
        <Search
          size={15}
          aria-hidden="true"
          className="pointer-events-none absolute top-0 left-2.5 h-full text-soft"
        />
        <FilterText
          label="Search keys by name, description, start or id"
          placeholder="Search name, start or id"
          maxLength={200}
          text={search.text}
          className="pl-8"
          onChange={(q) => change({ q })}
        />
      </div>
      <Filter
        label="Status"
        all="Not revoked"
        value={search.status?.toLowerCase()}
        onChange={(status) => change({ status })}
      >
        <Options of={STATUSES} />
      </Filter>
      <Filter
        label="Environment"
        all="Live and test"
        value={search.environment?.toLowerCase()}
        onChange={(environment) => change({ environment })}
      >
        <Options of={ENVIRONMENTS} />
      </Filter>
      {roles.length > 0 && (
        <Filter label="Role" all="Any role" value={search.roleId} onChange={(role) => change({ role })}>
          <Options of={roles} />
        </Filter>
      )}
      {teams.length > 0 && (
        <Filter label="Team" all="Any team" value={search.teamId} onChange={(team) => change({ team })}>
          <Options of={teams} />
        </Filter>
      )}
      <Filter
        label="Needs attention"
        all="Any condition"
        value={search.concern}
        className="sm:max-w-40 xl:max-w-48"
        onChange={(show) => change({ show })}
      >
        <Options of={CONCERNS} />
      </Filter>
      {narrows(search) && (
        <Button look="quiet" size="small" onClick={clear}>
          <X size={16} aria-hidden="true" />
          Clear
        </Button>
      )}
    </FilterBar>
  );
}

const STATUSES = [
  ['active', 'Active'],
  ['disabled', 'Disabled'],
  ['expired', 'Expired'],
  ['revoked', 'Revoked'],
] as const;

const ENVIRONMENTS = [
  ['live', 'Live'],
  ['test', 'Test'],
] as const;

const CONCERNS = [
  ['unused', 'Unused for 90 days'],
  ['overdue', 'Rotation overdue'],
  ['expiring', 'Expiring within 7 days'],
] as const;

function pairs(rows: readonly { readonly id: string; readonly name: string }[]) {
  return rows.map(({ id, name }) => [id, name] as const);
}
