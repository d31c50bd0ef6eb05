import { memo, type ReactNode } from 'react';
import { Link } from 'wouter';
import { classNames } from '../primitives/class-names.ts';
import { Checkbox } from '../primitives/input.tsx';
import { ROW_LINK } from './table-clicks.ts';
import { RowMenuButton } from './table-menu.tsx';

/** A column of a table. The first one is what a row is about: it always has a width of 200 pixels or more. */
export interface Column<Row> {
  readonly id: string;
  readonly header: ReactNode;
  /** Classes of its header and cells: width and alignment. */
  readonly className?: string;
  /** Its width, if columns leave by their widths, rem. The first column needs none: it takes what remains. */
  readonly width?: number;
  /** If there is no room for all columns, those with the highest number leave first. Omitted: it stays. */
  readonly leaves?: number;
  /** The width that a table needs to have this column, if columns have no widths. Omitted: every table has it. */
  readonly from?: keyof typeof FROM;
  /**
   * Where a card shows it: below the first column with its header as a label, there without a label, or in the corner.
   * Omitted: cards don't show it. The first column needs none.
   */
  readonly card?: 'labelled' | 'bare' | 'corner';
  /** The column's name in `onSort`. Omitted: not sortable. */
  readonly sort?: string;
  cell(row: Row): ReactNode;
}

/** 48, 56, 64 and 69 rem. */
const FROM = {
  medium: '@2xl:hidden @3xl:table-cell',
  wide: '@2xl:hidden @4xl:table-cell',
  wider: '@2xl:hidden @5xl:table-cell',
  widest: '@2xl:hidden @min-[69rem]:table-cell',
} as const;

const FIRST_IN_CARD = 'block grow basis-0';

const IN_CARD = {
  labelled:
    'flex max-w-full items-baseline gap-1.5 @max-2xl:order-2 @max-2xl:before:shrink-0 @max-2xl:before:text-soft @max-2xl:before:content-[attr(data-label)_/_""]',
  bare: 'flex max-w-full @max-2xl:order-2',
  corner: 'flex @max-2xl:order-1',
} as const;

/** Classes that display a cell in tables of its column's width, and with `inCard` in cards. */
export function placeOf<Row>({ from }: Column<Row>, inCard: string | false | undefined): string {
  return classNames(inCard || 'hidden', from ? FROM[from] : '@2xl:table-cell');
}

/**
 * Roles that elements of a table have by default. If a style sheet changes their `display`, some browsers no longer
 * expose the table to screen readers.
 */
export const ROLES = {
  table: { role: 'table' },
  group: { role: 'rowgroup' },
  row: { role: 'row' },
  header: { role: 'columnheader' },
  cell: { role: 'cell' },
} as const;

interface Props<Row> {
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly name: string;
  readonly className: string | undefined;
  /** Null: it can't be selected. */
  readonly selected: boolean | null;
  /** `range`: also all rows since the one toggled last. */
  onToggle(id: string, range: boolean): void;
  /** Whether its menu is open. Null: it has none. */
  readonly menu: boolean | null;
  /** Reports its height. */
  readonly measure: (row: HTMLTableRowElement | null) => void;
}

/** Of rows by density: see Table. */
const HEIGHTS =
  '@2xl:h-12 pointer-coarse:@2xl:h-14 @2xl:group-data-[density=compact]/table:h-9 pointer-coarse:@2xl:group-data-[density=compact]/table:h-11';

/** Starts a new line in a card after the name; the other columns follow. */
const CARD =
  '@max-2xl:relative @max-2xl:flex @max-2xl:text-small @max-2xl:flex-wrap @max-2xl:items-start @max-2xl:gap-x-4 @max-2xl:gap-y-1 @max-2xl:px-4 @max-2xl:py-3 @max-2xl:group-data-[density=compact]/table:py-2 @max-2xl:after:order-1 @max-2xl:after:basis-full @max-2xl:after:content-[""]';

function Row<Item extends { readonly id: string }>({
  row,
  index,
  columns,
  name,
  className,
  selected,
  onToggle,
  menu,
  measure,
}: Props<Item>) {
  return (
    <tr
      {...ROLES.row}
      ref={measure}
      aria-rowindex={index + 2}
      aria-selected={selected ?? undefined}
      data-row={row.id}
      data-index={index}
      className={classNames(
        'border-b border-line transition-colors last:border-0',
        HEIGHTS,
        CARD,
        'has-data-row-link:cursor-pointer',
        selected !== null && '@max-2xl:pl-9.5',
        menu !== null && '@max-2xl:pr-8 pointer-coarse:@max-2xl:pr-10',
        selected
          ? 'bg-accent-soft shadow-[inset_2px_0_0_var(--color-accent)]'
          : menu
            ? 'bg-hover/60'
            : 'hover:bg-hover/60',
        className,
      )}
    >
      {selected !== null && (
        <td {...ROLES.cell} className="@max-2xl:absolute @max-2xl:top-4 @max-2xl:left-3 @2xl:w-11 @2xl:pl-4">
          <Checkbox
            aria-label={`Select ${name}`}
            checked={selected}
            onChange={({ nativeEvent }) => onToggle(row.id, (nativeEvent as unknown as MouseEvent).shiftKey)}
          />
        </td>
      )}
      {columns.map((column, position) => (
        <td
          {...ROLES.cell}
          key={column.id}
          data-label={typeof column.header === 'string' ? column.header : undefined}
          className={classNames(
            'overflow-hidden @max-2xl:w-auto @2xl:px-3 @2xl:first:pl-4 @2xl:last:pr-4',
            column.className,
            placeOf(column, position === 0 ? FIRST_IN_CARD : column.card && IN_CARD[column.card]),
          )}
        >
          {column.cell(row)}
        </td>
      ))}
      {menu !== null && (
        <td {...ROLES.cell} className="@max-2xl:absolute @max-2xl:top-2 @max-2xl:right-0 @2xl:w-13 @2xl:pr-2">
          <RowMenuButton name={name} isOpen={menu} />
        </td>
      )}
    </tr>
  );
}

/** A row, memoized: a table renders on every scroll step. In a narrow table it is a card. */
export const TableRow = memo(Row) as typeof Row;

/** What a row is about, and the link to it: cut off at the end of a table's line, in full in a card. */
export function RowTitle({
  to,
  className,
  children,
}: {
  /** Omitted or false: no link. */
  readonly to?: string | false;
  readonly className?: string | undefined;
  readonly children: string;
}) {
  const shape = classNames(
    'min-w-0 truncate text-sm font-medium @max-2xl:wrap-anywhere @max-2xl:whitespace-normal',
    className,
  );
  if (!to)
    return (
      <span dir="auto" title={children} className={shape}>
        {children}
      </span>
    );
  return (
    <Link {...ROW_LINK} href={to} dir="auto" title={children} className={`${shape} hover:underline`}>
      {children}
    </Link>
  );
}
