import stringWidth from 'string-width';

/** Between two columns. */
const GAP = '  ';

/** What stands where there is nothing. */
const NOTHING = '-';

/** Longest text that is measured, in UTF-16 units: what takes a terminal several lines is in no column. */
const MEASURED_MAX = 1_000;

/** A cell; null or empty: nothing. */
export type Cell = string | number | null | undefined;

/** Rows under a line of titles, in columns that are as wide as what is in them. Ends with a line break. */
export function table(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = [titles, ...rows.map((row) => row.map(oneLine))];
  const widths = titles.map((_title, column) => Math.max(...texts.map((row) => widthOf(row[column] ?? ''))));
  return texts.map((row) => `${alignedRow(row, widths)}\n`).join('');
}

/** A thing's facts, each on a line after its name. Ends with a line break. */
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

/** Line breaks, and whatever else would move a terminal's cursor or turn its text around, as spaces. */
function oneLine(cell: Cell): string {
  const text = String(cell ?? '').replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ');
  return text === '' ? NOTHING : text;
}
