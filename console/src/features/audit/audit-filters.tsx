import { X } from 'lucide-react';
import { useId } from 'react';
import { Filter, FilterBar, FilterText, Options } from '../../design/patterns/filters.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { Input } from '../../design/primitives/input.tsx';
import { personName, useMembers } from '../members/member-list.ts';
import { ACTION_GROUPS, actionLabel } from './audit-actions.ts';
import { type AuditSearch, isNarrowed } from './audit-search.ts';

const SHAPE = 'min-w-36 grow sm:w-auto! sm:max-w-48 sm:grow-0';

/** Filters of the log, stored in the URL. */
export function AuditFilters({
  search,
  change,
  clear,
}: {
  readonly search: AuditSearch;
  change(changes: Partial<AuditSearch>): void;
  clear(): void;
}) {
  return (
    <FilterBar className="flex flex-wrap items-end gap-2">
      <Filter
        label="Action"
        all="Any action"
        value={search.action}
        className={SHAPE}
        onChange={(action) => change({ action })}
      >
        {ACTION_GROUPS.map(({ id, label, actions }) => (
          <optgroup key={id} label={label}>
            <option value={id}>{label}: any</option>
            {actions.map((action) => (
              <option key={action} value={action}>
                {label}: {actionLabel(action).toLowerCase()}
              </option>
            ))}
          </optgroup>
        ))}
      </Filter>
      <Actor actor={search.actor} onChange={(actor) => change({ actor })} />
      <Filter
        label="Outcome"
        all="Any outcome"
        value={search.outcome}
        className={SHAPE}
        onChange={(outcome) => change({ outcome: outcome as AuditSearch['outcome'] })}
      >
        <Options
          of={[
            ['DONE', 'Done'],
            ['DENIED', 'Denied'],
          ]}
        />
      </Filter>
      <FilterText
        label="Object ID"
        placeholder="Object: key_…, role_…"
        maxLength={100}
        text={search.target}
        className="grow basis-40 sm:w-56! sm:grow-0 sm:basis-auto"
        onChange={(target) => change({ target })}
      />
      <Day label="From" day={search.from} onChange={(from) => change({ from })} />
      <Day label="To" day={search.to} onChange={(to) => change({ to })} />
      {isNarrowed(search) && (
        <Button look="quiet" size="small" onClick={clear}>
          <X size={16} aria-hidden="true" />
          Clear
        </Button>
      )}
    </FilterBar>
  );
}

function Actor({ actor, onChange }: { readonly actor: string; onChange(actor: string): void }) {
  const { rows: members } = useMembers({ whole: true });
  const people = members.flatMap((member) =>
    member.user ? [[member.user.id, personName(member)] as const] : [],
  );
  const isMember = people.some(([id]) => id === actor);
  return (
    <Filter label="Actor" all="Any actor" value={actor} className={SHAPE} onChange={onChange}>
      <Options of={people} />
      {actor !== '' && !isMember && <option value={actor}>{actor}</option>}
      {actor !== 'cli' && <option value="cli">cli</option>}
      {actor !== 'expiry' && <option value="expiry">expiry</option>}
    </Filter>
  );
}

function Day({
  label,
  day,
  onChange,
}: {
  readonly label: string;
  readonly day: string;
  onChange(day: string): void;
}) {
  const id = useId();
  return (
    <div className="flex min-w-40 grow items-center gap-2 sm:min-w-0 sm:grow-0">
      <label htmlFor={id} className="w-10 shrink-0 text-soft sm:w-auto">
        {label}
      </label>
      <Input
        look="small"
        id={id}
        type="date"
        value={day}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
