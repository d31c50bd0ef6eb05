import stringWidth from 'string-width';

/** The gap between two columns. */
const GAP = '  ';

/** Placeholder for an empty cell. */
const NOTHING = '-';

/** Maximum text length that is measured, in UTF-16 units: longer text would wrap several times anyway. */
const MEASURED_MAX = 1_000;

/** A cell. Null or empty: no value. */
export type Cell = string | number | null | undefined;

/** Rows under a header line, in columns as wide as their content. Ends with a line break. */
export function table(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = [titles, ...rows.map((row) => row.map(oneLine))];
  const widths = titles.map((_title, column) => Math.max(...texts.map((row) => widthOf(row[column] ?? ''))));
  return texts.map((row) => `${alignedRow(row, widths)}\n`).join('');
}

/** An object's properties, one per line, after their names. Ends with a line break. */
export function facts(entries: readonly (readonly [name: string, value: Cell])[]): string {
  const width = Math.max(...entries.map(([name]) => widthOf(name)));
  return entries.map(([name, value]) => `${alignedRow([name, oneLine(value)], [width])}\n`).join('');
}

function alignedRow(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((text, column) => {
    const missing = (widths[column] ?? 0) - widthOf(text);
    return text + ' '.repeat(Math.max(missing, 0));
  });
  return cells.join(GAP).trimEnd();
}

function widthOf(text: string): number {
  return text.length > MEASURED_MAX ? text.length : stringWidth(text);
}

/**
 * Replaces control characters, which could move the cursor, and characters that change the text direction with spaces.
 */
export function oneLine(cell: Cell): string {
  const text = String(cell ?? '').replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ');
  return text === '' ? NOTHING : text;
}

/** A time for display: RFC 3339 without milliseconds. Null: none. */
export function shortTime(time: string | null): string | null {
  return time?.replace(/\.\d+Z$/, 'Z') ?? null;
}
