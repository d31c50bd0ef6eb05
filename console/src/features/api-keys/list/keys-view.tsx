import { KeyRound, Plus, SearchX } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { type ShownList, useList } from '../../../api/use-list.ts';
import { ListFrame } from '../../../design/patterns/list-frame.tsx';
import { Card, EmptyState, Page } from '../../../design/patterns/page.tsx';
import { Table } from '../../../design/patterns/table.tsx';
import { Button, ButtonLink } from '../../../design/primitives/button.tsx';
import { counted, total } from '../../../design/primitives/counted.ts';
import { type KeyFactsFragment, KeyPageDocument } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import { useOrganization } from '../../../viewer/organization.tsx';
import { useBulkActions } from './bulk-actions.ts';
import { DisplayMenu } from './display-menu.tsx';
import { KEY_COLUMNS } from './key-columns.tsx';
import { type KeyDisplay, useKeyDisplay } from './key-display.ts';
import { KeyFilters } from './key-filters.tsx';
import { useKeyMenu } from './key-menu.tsx';
import { filterOf, type KeySearch, narrows, orderParameter, useKeySearch } from './key-search.ts';
import { OnScreen } from './on-screen.tsx';
import { SavedKeyFilters } from './saved-key-filters.tsx';
import { SelectionBar } from './selection-bar.tsx';

/** Number of rows before the end of the loaded ones at which the next page is requested. */
const AHEAD = 40;

type Keys = ShownList<KeyFactsFragment>;

/** The list of the organization's keys, updated live. */
export function KeysView() {
  const { search, change, clear } = useKeySearch();
  const keys = useKeys(search);
  const [display, setDisplay] = useKeyDisplay();
  const [left, setLeft] = useState<readonly string[]>([]);
  const opens = useOpens();
  const create = opens('/keys/new') && (
    <ButtonLink to="/keys/new" look="primary">
      <Plus size={16} aria-hidden="true" />
      Create key
    </ButtonLink>
  );
  const actions = (
    <>
      <SavedKeyFilters change={change} />
      <DisplayMenu display={display} left={left} onChange={setDisplay} />
      {create}
    </>
  );
  return (
    <Page title="Keys" description={<Count keys={keys} narrowed={narrows(search)} />} actions={actions}>
      <div className="flex flex-col gap-4">
        <KeyFilters search={search} change={change} clear={clear} />
        <Card padded={false} className="overflow-clip">
          <KeyTable
            keys={keys}
            search={search}
            display={display}
            onLeft={setLeft}
            onSort={(sort) => change({ sort })}
            empty={<NoKeys narrowed={narrows(search)} clear={clear} create={create} />}
          />
        </Card>
      </div>
    </Page>
  );
}

function Count({ keys, narrowed }: { readonly keys: Keys; readonly narrowed: boolean }) {
  if (keys.totalCount === null) return <>Loading…</>;
  // New keys are already shown but not counted.
  const count = Math.max(keys.totalCount, keys.hasMore ? 0 : keys.rows.length);
  const isExact = keys.totalIsExact || !keys.hasMore;
  const words = isExact ? counted(count, 'key') : `${total(count, false)} keys`;
  return <>{narrowed ? `${words} found` : words}</>;
}

function NoKeys({
  narrowed,
  clear,
  create,
}: {
  readonly narrowed: boolean;
  clear(): void;
  readonly create: ReactNode;
}) {
  if (narrowed)
    return (
      <EmptyState
        icon={SearchX}
        title="No matching keys"
        action={<Button onClick={clear}>Clear the filters</Button>}
      >
        No key matches the search and all filters.
      </EmptyState>
    );
  return (
    <EmptyState icon={KeyRound} title="No keys yet" action={create}>
      A key lets a program or a customer of yours use your API. Create the first one for a single purpose, and
      name it after that purpose.
    </EmptyState>
  );
}

function KeyTable({
  keys,
  search,
  display,
  onLeft,
  onSort,
  empty,
}: {
  readonly keys: Keys;
  readonly search: KeySearch;
  readonly display: KeyDisplay;
  onLeft(ids: readonly string[]): void;
  onSort(sort: string): void;
  readonly empty: ReactNode;
}) {
  const { rows, look, loadMore } = keys;
  const { events } = useOrganization();
  const [visible, setVisible] = useState({ first: 0, last: 0 });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const onVisible = useCallback((first: number, last: number) => setVisible({ first, last }), []);
  const ids = rows.slice(visible.first, visible.last + 1).map(({ id }) => id);
  const onScreen = ids.join(' ');
  useEffect(() => (onScreen ? events.watchUses(onScreen.split(' ')) : undefined), [events, onScreen]);
  useEffect(() => {
    look(visible.first, visible.last);
    if (visible.last >= rows.length - AHEAD) loadMore();
  }, [look, loadMore, visible, rows.length]);
  const columns = useMemo(
    () => KEY_COLUMNS.filter(({ id }) => id === 'name' || display.columns.includes(id)),
    [display],
  );
  const { menu, dialog } = useKeyMenu();
  const selection = useBulkActions().length > 0 ? { selected, onChange: setSelected } : undefined;
  return (
    <OnScreen ids={ids}>
      {/* With rows on the screen, failed requests are retried as soon as the server is back. */}
      <ListFrame list={rows.length > 0 ? { ...keys, error: null } : keys} empty={empty}>
        <Table
          label="Keys"
          columns={columns}
          density={display.density}
          onLeft={onLeft}
          rows={rows}
          totalCount={keys.totalCount}
          totalIsExact={keys.totalIsExact}
          sorting={{ by: search.orderBy.field, direction: search.orderBy.direction }}
          onSort={({ by, direction }) =>
            onSort(orderParameter({ field: by as typeof search.orderBy.field, direction }))
          }
          nameOf={({ name }) => name}
          rowClassName={({ status }) => (status === 'REVOKED' ? 'text-soft bg-danger-soft/40' : undefined)}
          onVisible={onVisible}
          menu={menu}
          {...(selection ? { selection } : {})}
        />
      </ListFrame>
      {dialog}
      <SelectionBar
        keys={selected.size === 0 ? [] : rows.filter(({ id }) => selected.has(id))}
        clear={() => setSelected(new Set())}
      />
    </OnScreen>
  );
}

function useKeys(search: KeySearch): Keys {
  const { id: organizationId, events } = useOrganization();
  return useList(`${organizationId} ${JSON.stringify(search)}`, () => {
    const query = { organizationId, filter: filterOf(search), orderBy: search.orderBy };
    return {
      document: KeyPageDocument,
      variables: (after: string | null) => ({ ...query, after, counted: after === null }),
      pageOf: ({ apiKeys }) => apiKeys,
      live: (changed) => events.onChange(changed),
    };
  });
}
