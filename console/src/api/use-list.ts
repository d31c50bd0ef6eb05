import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { type AnyVariables, useClient } from 'urql';
import { type ListQuery, type ListRows, NO_ROWS, PagedList } from './paged-list.ts';
import { onVisible } from './visible.ts';

/** A list's rows and actions: see PagedList. */
export interface ShownList<Row> extends ListRows<Row> {
  loadMore(): void;
  reload(): void;
  look(first: number, last: number): void;
}

const NOTHING: ListRows<never> = { ...NO_ROWS, loading: false };
const neverChanges = () => () => {};
const nothing = () => NOTHING;
const doNothing = () => {};

/**
 * Loads a list and follows it. `scope` identifies what its query depends on; another scope is another list. Null: loads
 * nothing, for example without access.
 */
export function useList<Result, Row extends { readonly id: string }, Variables extends AnyVariables>(
  scope: string | null,
  query: (scope: string) => ListQuery<Result, Row, Variables>,
): ShownList<Row> {
  const client = useClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the query is a function of the scope alone.
  const listQuery = useMemo(() => (scope === null ? null : query(scope)), [scope]);
  const list = useMemo(() => listQuery && new PagedList(client, listQuery), [client, listQuery]);
  const shown = useSyncExternalStore<ListRows<Row>>(list?.watch ?? neverChanges, list?.rows ?? nothing);
  // The list may have changed in the meantime.
  useEffect(() => (list && !listQuery?.live ? onVisible(list.reload) : undefined), [list, listQuery]);
  return {
    ...shown,
    loadMore: list?.loadMore ?? doNothing,
    reload: list?.reload ?? doNothing,
    look: list?.look ?? doNothing,
  };
}
