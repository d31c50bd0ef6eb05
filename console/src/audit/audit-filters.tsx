import { X } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { Button } from '../components/button.tsx';
import { Input, Select } from '../components/input.tsx';
import { personName, useMembers } from '../people/member-list.ts';
import { ACTION_GROUPS, actionLabel } from './audit-actions.ts';
import { type AuditSearch, isNarrowed, NO_SEARCH } from './audit-search.ts';

const TYPING_MS = 300;
const SHAPE = 'min-w-36 grow sm:w-auto! sm:max-w-48 sm:grow-0';

/** Narrows the log; what is chosen stands in the address. */
export function AuditFilters({
  search,
  change,
}: {
  readonly search: AuditSearch;
  change(changes: Partial<AuditSearch>): void;
}) {
  return (
    <search aria-label="Filters" className="flex flex-wrap items-end gap-2">
      <Select
        aria-label="Action"
        value={search.action}
        onChange={(event) => change({ action: event.target.value })}
        className={SHAPE}
      >
        <option value="">Any action</option>
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
      </Select>
      <Actor actor={search.actor} onChange={(actor) => change({ actor })} />
      <Target target={search.target} onChange={(target) => change({ target })} />
      <Day label="From" day={search.from} onChange={(from) => change({ from })} />
      <Day label="To" day={search.to} onChange={(to) => change({ to })} />
      {isNarrowed(search) && (
        <Button look="quiet" onClick={() => change(NO_SEARCH)}>
          <X size={16} aria-hidden="true" />
          Clear
        </Button>
      )}
    </search>
  );
}

function Actor({ actor, onChange }: { readonly actor: string; onChange(actor: string): void }) {
  const { rows: members } = useMembers({ whole: true });
  const isMember = members.some(({ user }) => user.id === actor);
  return (
    <Select
      aria-label="By whom"
      value={actor}
      onChange={(event) => onChange(event.target.value)}
      className={SHAPE}
    >
      <option value="">By anybody</option>
      {members.map(({ user }) => (
        <option key={user.id} value={user.id}>
          {personName(user)}
        </option>
      ))}
      {actor !== '' && !isMember && <option value={actor}>{actor}</option>}
      {actor !== 'cli' && <option value="cli">cli</option>}
      {actor !== 'expiry' && <option value="expiry">expiry</option>}
    </Select>
  );
}

function Target({ target, onChange }: { readonly target: string; onChange(target: string): void }) {
  const [typed, setTyped] = useState(target);
  const told = useRef(target);
  useEffect(() => {
    if (target === told.current) return;
    told.current = target;
    setTyped(target);
  }, [target]);
  useEffect(() => {
    if (typed === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed;
      onChange(typed);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  });
  return (
    <Input
      type="search"
      aria-label="Object, by its id"
      placeholder="Object: key_…, role_…"
      maxLength={100}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      className="grow basis-40 sm:w-56! sm:grow-0 sm:basis-auto"
    />
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
      <Input id={id} type="date" value={day} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}
