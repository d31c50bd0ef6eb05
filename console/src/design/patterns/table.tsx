import { useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { type Selection, type Sorting, TableHead } from './table-head.tsx';
import { type Column, ROLES, TableRow } from './table-row.tsx';

export { type Column, RowTitle } from './table-row.tsx';

/** Height of a row until it has been measured, pixels. */
const ROW_HEIGHT = 48;

interface Props<Row extends { readonly id: string }> {
  /** Accessible name of the table. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Total number of rows, if more than are loaded. */
  readonly totalCount?: number | null;
  /** False: there are more than that, but their number is unknown. */
  readonly totalIsExact?: boolean;
  readonly sorting?: Sorting;
  onSort?(sorting: Sorting): void;
  readonly selection?: Selection;
  /** Accessible name of a row's checkbox. */
  nameOf(row: Row): string;
  /** Classes of a row, for example for revoked keys. */
  rowClassName?(row: Row): string | undefined;
  /** Called with the first and last row on the screen. */
  onVisible?(first: number, last: number): void;
}

/**
 * A table that renders only visible rows, for lists of any length. The page scrolls, not the table. Columns are hidden
 * as the table gets narrower, and below 42 rem each row is a card.
 */
export function Table<Row extends { readonly id: string }>(props: Props<Row>) {
  const { columns, rows, selection, sorting, onVisible } = props;
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
  return (
    <div className="@container">
      <table
        {...ROLES.table}
        aria-label={props.label}
        aria-rowcount={props.totalIsExact === false ? -1 : (props.totalCount ?? rows.length) + 1}
        className="w-full table-fixed border-collapse text-left @max-2xl:block"
      >
        <TableHead
          columns={columns}
          rows={rows}
          selection={selection}
          sorting={sorting}
          onSort={props.onSort}
        />
        <tbody {...ROLES.group} ref={body} className="@max-2xl:block">
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
                measure={virtualizer.measureElement}
              />
            );
          })}
          <Gap height={after} />
        </tbody>
      </table>
    </div>
  );
}

/**
 * Measures where the rows start on the page and, when its width changes, their heights. Observers run after the layout,
 * so measuring costs no extra layout.
 */
function useLayout(
  body: RefObject<HTMLElement | null>,
  virtualizer: Virtualizer<Window, Element>,
  height: RefObject<number>,
  setMargin: (margin: number) => void,
): void {
  useEffect(() => {
    let width = 0;
    const observer = new ResizeObserver(() => {
      const rows = [...(body.current?.querySelectorAll<HTMLElement>('[data-index]') ?? [])];
      const [first] = rows;
      if (!body.current || !first) return;
      const box = body.current.getBoundingClientRect();
      setMargin(Math.round(box.top + window.scrollY));
      if (box.width === width) return;
      width = box.width;
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
