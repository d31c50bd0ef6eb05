import { useSearch } from 'wouter';
import { readSavedFilters, type SavedFilter, SavedFilters } from '../../../design/patterns/filters-saved.tsx';
import { useOrganization } from '../../../viewer/organization.tsx';
import { usePreference } from '../../../viewer/preferences.ts';
import { SEARCH_PARAMETERS, type SearchParameter } from './key-search.ts';

/** The filters of keys that the viewer has saved in this organization. */
export function SavedKeyFilters({
  change,
}: {
  change(changes: Partial<Record<SearchParameter, string>>): void;
}) {
  const { id } = useOrganization();
  const [saved, setSaved] = usePreference(`key-filters-${id}`, read);
  const query = clean(useSearch());
  const apply = (wanted: string) => {
    const parameters = new URLSearchParams(wanted);
    change(Object.fromEntries(SEARCH_PARAMETERS.map((name) => [name, parameters.get(name) ?? ''])));
  };
  return <SavedFilters saved={saved} query={query} onApply={apply} onChange={setSaved} />;
}

function read(stored: unknown): readonly SavedFilter[] {
  return readSavedFilters(stored, clean);
}

/** The known parameters, in one order, so that equal filters are equal texts. */
function clean(query: string): string {
  const given = new URLSearchParams(query);
  const known = new URLSearchParams();
  for (const name of SEARCH_PARAMETERS) if (given.get(name)) known.set(name, given.get(name) ?? '');
  return known.toString();
}
