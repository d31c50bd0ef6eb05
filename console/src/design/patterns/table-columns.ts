import { type RefObject, useEffect, useLayoutEffect, useMemo, useState } from 'react';
import type { Column } from './table-row.tsx';

/** The first column is never narrower: 200 pixels and the space around it, rem. */
const FIRST_MIN = 12.75;

/** Widths of the checkboxes and of the buttons of the menus, rem. */
export const SELECTION_WIDTH = 2.75;
export const MENU_WIDTH = 3.25;

/** Columns that fit, and the ids of the others. */
interface Fitting<Row> {
  readonly columns: readonly Column<Row>[];
  readonly left: readonly string[];
}

/**
 * The columns for which the table has room: those with the highest `leaves` leave first. Without widths, all. `beside` is
 * the width of what is not a column, rem.
 */
export function fitting<Row>(columns: readonly Column<Row>[], width: number, beside: number): Fitting<Row> {
  const staying = columns.filter(({ leaves }) => leaves === undefined);
  let rest = width - beside - FIRST_MIN - staying.reduce((sum, column) => sum + (column.width ?? 0), 0);
  const leaving = columns
    .filter(({ leaves }) => leaves !== undefined)
    .sort((one, other) => (one.leaves ?? 0) - (other.leaves ?? 0));
  const left = leaving.filter((column) => {
    rest -= column.width ?? 0;
    return rest < 0;
  });
  return {
    columns: columns.filter((column) => !left.includes(column)),
    left: left.map(({ id }) => id),
  };
}

/** The columns that fit into the frame now. A frame for cards has all of them. */
export function useFitting<Row>(
  columns: readonly Column<Row>[],
  frame: RefObject<HTMLElement | null>,
  beside: number,
  onLeft: ((ids: readonly string[]) => void) | undefined,
): readonly Column<Row>[] {
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY);
  const hasWidths = columns.some((column) => column.width !== undefined);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!hasWidths || !element) return;
    const measure = () => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      const found = element.clientWidth / rem;
      setWidth(found < CARDS_BELOW ? Number.POSITIVE_INFINITY : found);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame, hasWidths]);
  const { columns: shown, left } = useMemo(() => fitting(columns, width, beside), [columns, width, beside]);
  const leftIds = left.join(' ');
  useEffect(() => onLeft?.(leftIds === '' ? [] : leftIds.split(' ')), [onLeft, leftIds]);
  return shown;
}

/** Below this width rows are cards (`@2xl` in the classes), rem. */
const CARDS_BELOW = 42;
