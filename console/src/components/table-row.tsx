import { memo, type ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Checkbox } from './input.tsx';

/** A column of a table. */
export interface Column<Row> {
  readonly id: string;
  readonly header: ReactNode;
  /** Classes of its header and cells: width, alignment, and from which width of the page on it is shown. */
  readonly className?: string;
  /** The column's name in `onSort`. Omitted: not sortable. */
  readonly sort?: string;
  cell(row: Row): ReactNode;
}

interface Props<Row> {
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly name: string;
  readonly className: string | undefined;
  /** Null: it can't be selected. */
  readonly selected: boolean | null;
  onToggle(id: string): void;
}

function Row<Item extends { readonly id: string }>({
  row,
  index,
  columns,
  name,
  className,
  selected,
  onToggle,
}: Props<Item>) {
  return (
    <tr
      aria-rowindex={index + 2}
      aria-selected={selected ?? undefined}
      data-row={row.id}
      className={classNames(
        'h-14 border-b border-line transition-colors last:border-0',
        selected ? 'bg-accent-soft' : 'hover:bg-hover/60',
        className,
      )}
    >
      {selected !== null && (
        <td className="w-11 pl-4">
          <Checkbox aria-label={`Select ${name}`} checked={selected} onChange={() => onToggle(row.id)} />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.id}
          className={classNames('overflow-hidden px-3 first:pl-4 last:pr-4', column.className)}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** A row, memoized: a table renders on every scroll step. */
export const TableRow = memo(Row) as typeof Row;
