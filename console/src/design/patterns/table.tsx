import { useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { ROW_CLICKS } from './table-clicks.ts';
import { MENU_WIDTH, SELECTION_WIDTH, useFitting } from './table-columns.ts';
import { type Selection, type Sorting, TableHead } from './table-head.tsx';
import { type RowMenu, useRowMenu } from './table-menu.tsx';
import { type Column, ROLES, TableRow } from './table-row.tsx';

export { type AfterMenu, focusRowMenu } from './table-menu.tsx';
export { type Column, RowTitle } from './table-row.tsx';

/** Height of a row until it has been measured, pixels. */
const ROW_HEIGHT = 48;

/** Height of rows. */
export type Density = 'comfortable' | 'compact';

interface Props<Row extends { readonly id: string }> {
  /** Accessible name of the table. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** Reports the ids of columns without room, if columns have widths. */
  onLeft?(ids: readonly string[]): void;
  /** `compact`: rows of 36 pixels. Omitted: 48. */
  readonly density?: Density;
  readonly rows: readonly Row[];
  /** Total number of rows, if more than are loaded. */
  readonly totalCount?: number | null;
  /** False: there are more than that, but their number is unknown. */
  readonly totalIsExact?: boolean;
  readonly sorting?: Sorting;
  onSort?(sorting: Sorting): void;
  /** With Shift, a click selects all rows since the one clicked last. */
  readonly selection?: Selection;
  readonly menu?: RowMenu<Row>;
  /** The row in accessible names: of its checkbox and its menu. */
  nameOf(row: Row): string;
  /** Classes of a row, for example for revoked keys. */
  rowClassName?(row: Row): string | undefined;
  /** Called with the first and last row on the screen. */
  onVisible?(first: number, last: number): void;
}

/**
 * A table that renders only visible rows, for lists of any length. The page scrolls, not the table. Columns are hidden
 * as the table gets narrower, and below 42 rem each row is a card. A click anywhere in a row follows the link of its RowTitle.
 */
export function Table<Row extends { readonly id: string }>(props: Props<Row>) {
  const { rows, selection, sorting, onVisible, density = 'comfortable' } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [margin, setMargin] = useState(0);
  const height = useRef(ROW_HEIGHT);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height.current,
    overscan: 8,
    scrollMargin: margin,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  useLayout(body, virtualizer, height, setMargin);
  const toggle = useToggle(rows, selection);
  const rowMenu = useRowMenu(props.menu, props);
  const beside = (selection ? SELECTION_WIDTH : 0) + (props.menu ? MENU_WIDTH : 0);
  const columns = useFitting(props.columns, rowMenu.frame, beside, props.onLeft);
  const handlers = {
    ...ROW_CLICKS,
    ...rowMenu.handlers,
    onClick: (event: MouseEvent<HTMLElement>) => {
      rowMenu.handlers.onClick(event);
      ROW_CLICKS.onClick(event);
    },
  };
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  const range = `${first?.index ?? 0} ${last?.index ?? 0}`;
  useEffect(() => {
    const [from = 0, to = 0] = range.split(' ').map(Number);
    onVisible?.(from, to);
  }, [range, onVisible]);
  const before = first ? first.start - margin : 0;
  const after = last ? virtualizer.getTotalSize() - (last.end - margin) : 0;
  return (
    <div ref={rowMenu.frame} className="relative @container">
      <table
        {...ROLES.table}
        aria-label={props.label}
        aria-rowcount={props.totalIsExact === false ? -1 : (props.totalCount ?? rows.length) + 1}
        data-density={density}
        className="group/table w-full table-fixed border-collapse text-left @max-2xl:block"
      >
        <Widths columns={columns} selectable={selection !== undefined} />
        <TableHead
          columns={columns}
          rows={rows}
          selection={selection}
          sorting={sorting}
          onSort={props.onSort}
          hasMenu={props.menu !== undefined}
        />
        <tbody {...ROLES.group} ref={body} className="@max-2xl:block" {...handlers}>
          <Gap height={before} />
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
                menu={props.menu ? row.id === rowMenu.openId : null}
                measure={virtualizer.measureElement}
              />
            );
          })}
          <Gap height={after} />
        </tbody>
      </table>
      {rowMenu.menu}
    </div>
  );
}

/**
 * Measures where the rows start on the page and, when its width or density changes, their heights. Observers run after the layout,
 * so measuring costs no extra layout.
 */
function useLayout(
  body: RefObject<HTMLElement | null>,
  virtualizer: Virtualizer<Window, Element>,
  height: RefObject<number>,
  setMargin: (margin: number) => void,
): void {
  useEffect(() => {
    let layout = '';
    const observer = new ResizeObserver(() => {
      const rows = [...(body.current?.querySelectorAll<HTMLElement>('[data-index]') ?? [])];
      const [first] = rows;
      if (!body.current || !first) return;
      const box = body.current.getBoundingClientRect();
      setMargin(Math.round(box.top + window.scrollY));
      const density = body.current.closest('table')?.dataset.density;
      if (layout === `${box.width} ${density}`) return;
      layout = `${box.width} ${density}`;
      height.current = first.offsetHeight;
      virtualizer.measure();
      // Measured heights are compared with the estimate, which must be the current one.
      virtualizer.getTotalSize();
      for (const row of rows) virtualizer.measureElement(row);
    });
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [body, virtualizer, height, setMargin]);
}

/** The widths of columns that have one; other tables have them in the columns' classes. */
function Widths<Row>({
  columns,
  selectable,
}: {
  readonly columns: readonly Column<Row>[];
  readonly selectable: boolean;
}) {
  if (!columns.some(({ width }) => width)) return null;
  return (
    <colgroup className="@max-2xl:hidden">
      {selectable && <col style={{ width: `${SELECTION_WIDTH}rem` }} />}
      {columns.map(({ id, width }) => (
        <col key={id} style={width ? { width: `${width}rem` } : {}} />
      ))}
    </colgroup>
  );
}

/** The placeholder spans one column: if it spanned all, it would restore hidden ones. */
function Gap({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it contains nothing focusable.
    <tr aria-hidden="true">
      <td style={{ height }} />
    </tr>
  );
}

/** Toggles rows' selection. Stable across renders, so that rows stay memoized. */
function useToggle(
  rows: readonly { readonly id: string }[],
  selection: Selection | undefined,
): (id: string, range: boolean) => void {
  const latest = useRef({ rows, selection });
  const last = useRef<string | null>(null);
  useEffect(() => {
    latest.current = { rows, selection };
  });
  return useCallback((id, range) => {
    const { selected, onChange } = latest.current.selection ?? {};
    if (!selected || !onChange) return;
    const ids = latest.current.rows.map((row) => row.id);
    const [from, to] = [ids.indexOf((range && last.current) || id), ids.indexOf(id)];
    const toggled = from < 0 ? [id] : ids.slice(Math.min(from, to), Math.max(from, to) + 1);
    const isSelecting = !selected.has(id);
    const after = new Set(selected);
    for (const one of toggled)
      if (isSelecting) after.add(one);
      else after.delete(one);
    last.current = id;
    onChange(after);
  }, []);
}
