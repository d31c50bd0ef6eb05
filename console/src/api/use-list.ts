import { useMemo, useSyncExternalStore } from 'react';
import { type AnyVariables, useClient } from 'urql';
import { type ListQuery, type ListRows, NO_ROWS, PagedList } from './paged-list.ts';

/** A list that is drawn, and what can be asked of it. */
export interface ShownList<Row> extends ListRows<Row> {
  loadMore(): void;
  reload(): void;
}

const NOTHING: ListRows<never> = { ...NO_ROWS, loading: false };
const neverChanges = () => () => {};
const nothing = () => NOTHING;
const doNothing = () => {};

/**
 * Follows a list. `scope` is what its variables depend on: another one begins another list; null asks for nothing, as where
 * the viewer may not see it.
 */
export function useList<Result, Row extends { readonly id: string }, Variables extends AnyVariables>(
  scope: string | null,
  query: (scope: string) => ListQuery<Result, Row, Variables>,
): ShownList<Row> {
  const client = useClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the query is a function of the scope alone.
  const list = useMemo(() => (scope === null ? null : new PagedList(client, query(scope))), [client, scope]);
  const shown = useSyncExternalStore<ListRows<Row>>(list?.watch ?? neverChanges, list?.rows ?? nothing);
  return { ...shown, loadMore: list?.loadMore ?? doNothing, reload: list?.reload ?? doNothing };
}
