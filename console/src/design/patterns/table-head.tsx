import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { classNames } from '../primitives/class-names.ts';
import { Checkbox } from '../primitives/input.tsx';
import { type Column, placeOf, ROLES } from './table-row.tsx';

/** Sort direction. */
export interface Sorting {
  readonly by: string;
  readonly direction: 'ASC' | 'DESC';
}

/** Ids of the selected rows. */
export interface Selection {
  readonly selected: ReadonlySet<string>;
  onChange(selected: ReadonlySet<string>): void;
}

/** Above cards, only what sorts and selects is visible. */
const HEADERS =
  'shadow-[inset_0_-1px_0_var(--color-line)] @max-2xl:relative @max-2xl:flex @max-2xl:flex-wrap @max-2xl:items-center @max-2xl:gap-x-2.5 @max-2xl:py-1.5';

/** The headers of a table. They stay in view while the page scrolls. */
export function TableHead<Row extends { readonly id: string }>({
  columns,
  rows,
  selection,
  sorting,
  onSort,
  hasMenu,
}: {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly selection: Selection | undefined;
  readonly sorting: Sorting | undefined;
  readonly onSort: ((sorting: Sorting) => void) | undefined;
  readonly hasMenu: boolean;
}) {
  return (
    <thead
      {...ROLES.group}
      className={classNames(
        'z-10 bg-card @max-2xl:block tall:@2xl:sticky tall:@2xl:top-14 tall:@2xl:lg:top-(--filters-height,0px)',
        !selection && !onSort && '@max-2xl:sr-only',
      )}
    >
      <tr
        {...ROLES.row}
        className={classNames(HEADERS, selection ? '@max-2xl:px-3' : '@max-2xl:px-4')}
        aria-rowindex={1}
      >
        {selection && <SelectAll rows={rows} selection={selection} />}
        {columns.map((column, index) => (
          <Header
            key={column.id}
            column={column}
            place={placeOf(column, (index === 0 || column.card) && 'block')}
            sorting={sorting}
            onSort={onSort}
          />
        ))}
        {hasMenu && (
          <th {...ROLES.header} scope="col" className="@max-2xl:sr-only @2xl:w-13">
            <span className="sr-only">Actions</span>
          </th>
        )}
      </tr>
    </thead>
  );
}

function Header<Row>({
  column,
  place,
  sorting,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly place: string;
  readonly sorting: Sorting | undefined;
  readonly onSort: ((sorting: Sorting) => void) | undefined;
}) {
  const { sort, header, className } = column;
  const shape = classNames(
    'text-xs font-medium text-soft @2xl:h-9 @2xl:px-3 @2xl:first:pl-4 @2xl:last:pr-4',
    className,
    place,
  );
  if (!sort || !onSort)
    return (
      <th {...ROLES.header} scope="col" className={classNames(shape, '@max-2xl:sr-only')}>
        {header}
      </th>
    );
  const isSorted = sorting?.by === sort;
  const next = isSorted && sorting.direction === 'ASC' ? 'DESC' : 'ASC';
  const Arrow = sorting?.direction === 'ASC' ? ArrowUp : ArrowDown;
  const order = sorting?.direction === 'ASC' ? 'ascending' : 'descending';
  return (
    <th
      {...ROLES.header}
      scope="col"
      className={classNames(shape, '@max-2xl:w-auto')}
      aria-sort={isSorted ? order : 'none'}
    >
      <button
        type="button"
        onClick={() => onSort({ by: sort, direction: next })}
        className="-mx-1.5 inline-flex h-7 items-center gap-1 rounded-md px-1.5 hover:bg-hover hover:text-text"
      >
        {header}
        {isSorted && <Arrow size={13} aria-hidden="true" />}
      </button>
    </th>
  );
}

function SelectAll({
  rows,
  selection,
}: {
  readonly rows: readonly { readonly id: string }[];
  readonly selection: Selection;
}) {
  const all = rows.length > 0 && rows.every(({ id }) => selection.selected.has(id));
  const some = !all && selection.selected.size > 0;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = some;
  }, [some]);
  return (
    <th {...ROLES.header} scope="col" className="@2xl:w-11 @2xl:pl-4">
      <Checkbox
        ref={box}
        aria-label="Select all that are loaded"
        checked={all}
        onChange={() => selection.onChange(new Set(all ? [] : rows.map(({ id }) => id)))}
      />
    </th>
  );
}
