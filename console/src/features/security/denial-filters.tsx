import { X } from 'lucide-react';
import { Filter, FilterBar, FilterText, Options } from '../../design/patterns/filters.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { CODES, type DenialSearch } from './denial-search.ts';
import { isAddress } from './is-address.ts';
import { TEXTS } from './texts.ts';

/** Filters of denials, stored in the URL. */
export function DenialFilters({
  search,
  change,
}: {
  readonly search: DenialSearch;
  change(changes: Partial<DenialSearch>): void;
}) {
  const { ip, key, code } = search;
  const isIncomplete = ip !== '' && !isAddress(ip);
  return (
    <FilterBar className="flex flex-wrap items-center gap-2">
      <Filter
        label="Reason"
        all="Any reason"
        value={code}
        className="min-w-36 grow sm:w-auto! sm:max-w-56 sm:grow-0"
        onChange={(chosen) => change({ code: chosen as DenialSearch['code'] })}
      >
        <Options of={CODES} />
      </Filter>
      <FilterText
        label="Address"
        placeholder="Address: 203.0.113.7"
        maxLength={45}
        text={ip}
        className="grow basis-40 sm:w-56! sm:grow-0 sm:basis-auto"
        onChange={(text) => change({ ip: text })}
      />
      {isIncomplete && (
        <span role="status" className="text-small text-soft">
          {TEXTS.incompleteAddress}
        </span>
      )}
      {(ip || key || code) && (
        <Button look="quiet" size="small" onClick={() => change({ ip: '', key: '', code: '' })}>
          <X size={16} aria-hidden="true" />
          Clear
        </Button>
      )}
    </FilterBar>
  );
}
