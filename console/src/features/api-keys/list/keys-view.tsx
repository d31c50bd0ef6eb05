import { KeyRound, Plus, SearchX } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { Button, ButtonLink } from '../../../components/button.tsx';
import { counted, total } from '../../../components/counted.ts';
import { Card, EmptyState, LoadFault, Page, SkeletonRows } from '../../../components/page.tsx';
import { Table } from '../../../components/table.tsx';
import { useOpens } from '../../../shell/views.tsx';
import { useCan, useOrganization } from '../../../viewer/organization.tsx';
import { BULK_ACTIONS } from './bulk-actions.ts';
import { KEY_COLUMNS } from './key-columns.tsx';
import { KeyFilters } from './key-filters.tsx';
import { KeyList, type KeyRows } from './key-list.ts';
import { filterOf, type KeySearch, narrows, orderParameter, useKeySearch } from './key-search.ts';
import { SelectionBar } from './selection-bar.tsx';
import { Sparklines } from './sparklines.tsx';

/** Rows before the end of what is loaded at which the next page is asked for. */
const AHEAD = 40;

/** The keys of the organization, live. */
export function KeysView() {
  const { search, change, clear } = useKeySearch();
  const list = useKeyList(search);
  const shown = useSyncExternalStore(list.watch, list.rows);
  const opens = useOpens();
  const create = opens('/keys/new') && (
    <ButtonLink to="/keys/new" look="primary">
      <Plus size={16} aria-hidden="true" />
      Create key
    </ButtonLink>
  );
  return (
    <Page title="Keys" description={<Count shown={shown} narrowed={narrows(search)} />} actions={create}>
      <div className="flex flex-col gap-4">
        <KeyFilters search={search} change={change} clear={clear} />
        <Card padded={false} className="overflow-clip">
          {shown.rows.length > 0 ? (
            <KeyTable list={list} shown={shown} search={search} onSort={(sort) => change({ sort })} />
          ) : (
            <Instead
              shown={shown}
              narrowed={narrows(search)}
              clear={clear}
              retry={() => list.retry()}
              create={create}
            />
          )}
        </Card>
      </div>
    </Page>
  );
}

function Count({ shown, narrowed }: { readonly shown: KeyRows; readonly narrowed: boolean }) {
  if (shown.totalCount === null) return <>Loading…</>;
  // Keys that came since are on the screen, not in the count.
  const count = Math.max(shown.totalCount, shown.hasMore ? 0 : shown.rows.length);
  const isExact = shown.totalIsExact || !shown.hasMore;
  const keys = isExact ? counted(count, 'key') : `${total(count, false)} keys`;
  return <>{narrowed ? `${keys} found` : keys}</>;
}

function Instead({
  shown,
  narrowed,
  clear,
  retry,
  create,
}: {
  readonly shown: KeyRows;
  readonly narrowed: boolean;
  clear(): void;
  retry(): void;
  readonly create: React.ReactNode;
}) {
  if (shown.error)
    return <LoadFault message={shown.error.message} retry={<Button onClick={retry}>Try again</Button>} />;
  if (shown.loading) return <SkeletonRows />;
  if (narrowed)
    return (
      <EmptyState
        icon={SearchX}
        title="No key is like that"
        action={<Button onClick={clear}>Clear the filters</Button>}
      >
        Nothing matches the search and the filters together.
      </EmptyState>
    );
  return (
    <EmptyState icon={KeyRound} title="No keys yet" action={create}>
      A key lets a program or a customer of yours use your API. Make the first one for a single purpose, and
      name it after that.
    </EmptyState>
  );
}

function KeyTable({
  list,
  shown,
  search,
  onSort,
}: {
  readonly list: KeyList;
  readonly shown: KeyRows;
  readonly search: KeySearch;
  onSort(sort: string): void;
}) {
  const { rows, totalCount, totalIsExact, hasMore, loading } = shown;
  const { events } = useOrganization();
  const can = useCan();
  const [visible, setVisible] = useState({ first: 0, last: 0 });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const onVisible = useCallback((first: number, last: number) => setVisible({ first, last }), []);
  const ids = rows.slice(visible.first, visible.last + 1).map(({ id }) => id);
  const onScreen = ids.join(' ');
  useEffect(() => (onScreen ? events.watchUses(onScreen.split(' ')) : undefined), [events, onScreen]);
  useEffect(() => {
    list.look(visible.first, visible.last);
    if (visible.last >= rows.length - AHEAD) list.loadMore();
  }, [list, visible, rows.length]);
  const actions = BULK_ACTIONS.filter(({ needs }) => can(needs));
  const selection = actions.length > 0 ? { selected, onChange: setSelected } : undefined;
  return (
    <Sparklines ids={ids}>
      <Table
        label="Keys"
        columns={KEY_COLUMNS}
        rows={rows}
        totalCount={totalCount}
        totalIsExact={totalIsExact}
        sorting={{ by: search.orderBy.field, direction: search.orderBy.direction }}
        onSort={({ by, direction }) =>
          onSort(orderParameter({ field: by as typeof search.orderBy.field, direction }))
        }
        nameOf={({ name }) => name}
        rowClassName={({ status }) => (status === 'REVOKED' ? 'text-soft bg-danger-soft/40' : undefined)}
        onVisible={onVisible}
        {...(selection ? { selection } : {})}
      />
      {hasMore && (
        <div role="status" className="flex justify-center border-t border-line p-3 text-soft">
          {loading ? 'Loading more…' : <Button onClick={() => list.loadMore()}>Load more</Button>}
        </div>
      )}
      <SelectionBar
        keys={selected.size === 0 ? [] : rows.filter(({ id }) => selected.has(id))}
        actions={actions}
        clear={() => setSelected(new Set())}
      />
    </Sparklines>
  );
}

function useKeyList(search: KeySearch): KeyList {
  const client = useClient();
  const { id: organizationId } = useOrganization();
  return useMemo(
    () => new KeyList(client, { organizationId, filter: filterOf(search), orderBy: search.orderBy }),
    [client, organizationId, search],
  );
}
