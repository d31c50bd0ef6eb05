import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { classNames } from './class-names.ts';
import { Checkbox } from './input.tsx';
import { type Column, TableRow } from './table-row.tsx';

export type { Column } from './table-row.tsx';

const ROW_HEIGHT = 56;

/** Sort direction. */
export interface Sorting {
  readonly by: string;
  readonly direction: 'ASC' | 'DESC';
}

/** Rows that are ticked, by their ids. */
export interface Selection {
  readonly selected: ReadonlySet<string>;
  onChange(selected: ReadonlySet<string>): void;
}

interface Props<Row extends { readonly id: string }> {
  /** Names the table for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Total number of rows, if more than are loaded. */
  readonly totalCount?: number | null;
  /** False: there are more than that, and how many is not known. */
  readonly totalIsExact?: boolean;
  readonly sorting?: Sorting;
  onSort?(sorting: Sorting): void;
  readonly selection?: Selection;
  /** Names a row's tick box. */
  nameOf(row: Row): string;
  /** Classes of a row, for example for revoked keys. */
  rowClassName?(row: Row): string | undefined;
  /** Called with the first and last row on the screen. */
  onVisible?(first: number, last: number): void;
}

/** A table that draws only the rows on the screen, of however many; the page scrolls, not the table. */
export function Table<Row extends { readonly id: string }>(props: Props<Row>) {
  const { columns, rows, selection, sorting, onVisible } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const margin = useTop(body, rows);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollMargin: margin,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const toggle = useToggle(selection);
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  const range = `${first?.index ?? 0} ${last?.index ?? 0}`;
  useEffect(() => {
    const [from = 0, to = 0] = range.split(' ').map(Number);
    onVisible?.(from, to);
  }, [range, onVisible]);
  const before = first ? first.start - margin : 0;
  const after = last ? virtualizer.getTotalSize() - (last.end - margin) : 0;
  const width = columns.length + (selection ? 1 : 0);
  return (
    <table
      aria-label={props.label}
      aria-rowcount={props.totalIsExact === false ? -1 : (props.totalCount ?? rows.length) + 1}
      className="w-full table-fixed border-collapse text-left"
    >
      <thead>
        <tr className="border-b border-line" aria-rowindex={1}>
          {selection && <SelectAll rows={rows} selection={selection} />}
          {columns.map((column) => (
            <Header key={column.id} column={column} sorting={sorting} onSort={props.onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        <Gap height={before} width={width} />
        {items.map(({ index }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <TableRow
              key={row.id}
              row={row}
              index={index}
              columns={columns}
              name={props.nameOf(row)}
              className={props.rowClassName?.(row)}
              selected={selection ? selection.selected.has(row.id) : null}
              onToggle={toggle}
            />
          );
        })}
        <Gap height={after} width={width} />
      </tbody>
    </table>
  );
}

/**
 * Top of the rows on the page, pixels. Measured only when rows or the window change: measuring on every scroll step
 * would force a second layout.
 */
function useTop(body: RefObject<HTMLElement | null>, rows: readonly unknown[]): number {
  const [top, setTop] = useState(0);
  const measure = useCallback(() => {
    const now = (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    setTop((before) => (Math.abs(before - now) > 1 ? now : before));
  }, [body]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with other rows what is above them may be another.
  useLayoutEffect(measure, [rows, measure]);
  useEffect(() => {
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [measure]);
  return top;
}

function Gap({ height, width }: { readonly height: number; readonly width: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it can have the focus.
    <tr aria-hidden="true">
      <td colSpan={width} style={{ height }} />
    </tr>
  );
}

function Header<Row>({
  column,
  sorting,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly sorting: Sorting | undefined;
  readonly onSort: ((sorting: Sorting) => void) | undefined;
}) {
  const { sort, header, className } = column;
  const shape = classNames('h-10 px-3 text-xs font-medium text-soft first:pl-4 last:pr-4', className);
  if (!sort || !onSort)
    return (
      <th scope="col" className={shape}>
        {header}
      </th>
    );
  const isSorted = sorting?.by === sort;
  const next = isSorted && sorting.direction === 'ASC' ? 'DESC' : 'ASC';
  const Arrow = sorting?.direction === 'ASC' ? ArrowUp : ArrowDown;
  const order = sorting?.direction === 'ASC' ? 'ascending' : 'descending';
  return (
    <th scope="col" className={shape} aria-sort={isSorted ? order : 'none'}>
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
    <th scope="col" className="w-11 pl-4">
      <Checkbox
        ref={box}
        aria-label="Select all that are loaded"
        checked={all}
        onChange={() => selection.onChange(new Set(all ? [] : rows.map(({ id }) => id)))}
      />
    </th>
  );
}

/** Toggles a row's selection. Stable across renders, so that rows stay memoized. */
function useToggle(selection: Selection | undefined): (id: string) => void {
  const latest = useRef(selection);
  useEffect(() => {
    latest.current = selection;
  });
  return useCallback((id) => {
    const { selected, onChange } = latest.current ?? {};
    if (!selected || !onChange) return;
    const after = new Set(selected);
    if (!after.delete(id)) after.add(id);
    onChange(after);
  }, []);
}
