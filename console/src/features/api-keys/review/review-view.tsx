import { ListChecks } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { now } from '../../../api/clock.ts';
import { useDocument } from '../../../api/use-document.ts';
import type { ShownList } from '../../../api/use-list.ts';
import { ListFrame } from '../../../design/patterns/list-frame.tsx';
import { Card, EmptyState, Page } from '../../../design/patterns/page.tsx';
import { Table } from '../../../design/patterns/table.tsx';
import { total } from '../../../design/primitives/counted.ts';
import { Segmented } from '../../../design/primitives/segmented.tsx';
import { type KeyFactsFragment, ReviewPolicyDocument } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import { useCan, useOrganization } from '../../../viewer/organization.tsx';
import { useBulkActions } from '../list/bulk-actions.ts';
import { SelectionBar } from '../list/selection-bar.tsx';
import { RevokeDialog } from '../revoke/revoke-dialog.tsx';
import { useConcern } from './concern-list.ts';
import { type Concern, EXPIRING, NEVER_USED, OVERDUE, UNUSED } from './concerns.tsx';
import { ExtendDialog } from './extend-dialog.tsx';
import { ExtendSelection } from './extend-selection.tsx';
import type { Chosen } from './remedies.tsx';
import { reviewColumns } from './review-columns.tsx';

const MINUTE_MS = 60_000;

type Keys = ShownList<KeyFactsFragment>;

/** Keys that need attention, by reason, with remedies for one or several. */
export function ReviewView() {
  const [at] = useState(() => Math.floor(now() / MINUTE_MS) * MINUTE_MS);
  const lists: readonly (readonly [Concern, Keys])[] = [
    [EXPIRING, useConcern(EXPIRING, at)],
    [OVERDUE, useConcern(OVERDUE, at)],
    [UNUSED, useConcern(UNUSED, at)],
    [NEVER_USED, useConcern(NEVER_USED, at)],
  ];
  const [concern, choose] = useTab(lists);
  const list = lists.find(([one]) => one === concern)?.[1];
  const isClear = lists.every(([, { rows, loading, error }]) => rows.length === 0 && !loading && !error);
  return (
    <Page title="Review" description="Keys that need attention. Resolved keys leave the list.">
      <div className="flex flex-col gap-4">
        <div>
          <Segmented
            legend="Reason"
            value={concern}
            options={lists.map(([one, keys]) => [one, labelOf(one, keys)] as const)}
            onChange={choose}
          />
        </div>
        {list && <Concerned key={concern.id} concern={concern} list={list} isClear={isClear} />}
      </div>
    </Page>
  );
}

function labelOf({ title }: Concern, { rows, hasMore, loading, error }: Keys): string {
  return loading || error ? title : `${title} · ${total(rows.length, !hasMore)}`;
}

/** The tab in the URL, or the first one that had keys when all were loaded. */
function useTab(lists: readonly (readonly [Concern, Keys])[]): [Concern, (concern: Concern) => void] {
  const [parameters, setParameters] = useSearchParams();
  const [first, setFirst] = useState<Concern | null>(null);
  const isLoaded = lists.every(([, { loading }]) => !loading);
  const fullest = lists.find(([, { rows }]) => rows.length > 0)?.[0] ?? EXPIRING;
  useEffect(() => {
    if (isLoaded) setFirst((before) => before ?? fullest);
  }, [isLoaded, fullest]);
  const inUrl = lists.find(([{ id }]) => id === parameters.get('tab'))?.[0];
  return [inUrl ?? first ?? EXPIRING, ({ id }) => setParameters({ tab: id }, { replace: true })];
}

function Concerned({
  concern,
  list,
  isClear,
}: {
  readonly concern: Concern;
  readonly list: Keys;
  /** Whether no key needs attention for any reason. */
  readonly isClear: boolean;
}) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const mayChange = useCan()('api.key.update');
  const actions = useBulkActions();
  const columns = useMemo(() => reviewColumns(concern, setChosen), [concern]);
  const { rows, hasMore } = list;
  const close = () => setChosen(null);
  const clear = () => setSelected(new Set());
  const keys = rows.filter(({ id }) => selected.has(id));
  return (
    <>
      <Card padded={false} className="overflow-clip">
        {!isClear && <p className="border-b border-line px-4 py-2.5 text-soft">{concern.meaning}</p>}
        <div data-concern={concern.id}>
          <ListFrame
            list={list}
            placeholders={4}
            empty={
              isClear ? (
                <NothingToReview />
              ) : (
                <div className="px-4 py-8 text-soft">
                  {concern.none} {concern === OVERDUE && <PolicyHint />}
                </div>
              )
            }
          >
            <Table
              label={concern.title}
              columns={columns}
              rows={rows}
              totalIsExact={!hasMore}
              nameOf={({ name }) => name}
              {...(actions.length > 0 ? { selection: { selected, onChange: setSelected } } : {})}
            />
          </ListFrame>
        </div>
      </Card>
      <SelectionBar keys={keys} clear={clear}>
        {concern.remedies.includes('extend') && mayChange && <ExtendSelection keys={keys} done={clear} />}
      </SelectionBar>
      {chosen?.remedy === 'revoke' && <RevokeDialog apiKey={chosen.apiKey} onClose={close} />}
      {chosen?.remedy === 'extend' && <ExtendDialog apiKey={chosen.apiKey} onClose={close} />}
    </>
  );
}
function NothingToReview() {
  return (
    <EmptyState icon={ListChecks} title="Nothing to review">
      No key expires soon, is overdue for rotation, or is unused. Such keys appear here, with what to do about
      each. <PolicyHint />
    </EmptyState>
  );
}

/** Without a policy, no key is ever overdue: explains this, and links to the settings. */
function PolicyHint() {
  const { id: organizationId } = useOrganization();
  const can = useCan();
  const opens = useOpens();
  const [{ data }] = useDocument(
    ReviewPolicyDocument,
    { organizationId },
    { pause: !can('organization.view'), requestPolicy: 'cache-first' },
  );
  const policy = data?.organization?.rotationPolicy;
  if (!policy || policy.liveDays || policy.testDays) return null;
  return (
    <>
      The organization has no rotation policy yet, so nothing is ever overdue.{' '}
      {can('organization.manage') && opens('/settings') && (
        <Link href="/settings" className="text-accent-strong underline">
          Set a rotation interval
        </Link>
      )}
    </>
  );
}
