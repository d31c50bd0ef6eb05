/** Without it, Excel reads the file in the character set of its country. */
const BYTE_ORDER_MARK = '\uFEFF';

/** What a formula begins with to a spreadsheet, full-width signs included. */
const FORMULA = new Set('=+-@＝＋－＠');

/** What ends a cell or a line where a spreadsheet goes by something else than commas: then quotes count for nothing. */
const SEPARATORS = new Set(';|\t\r\n');

/** Rows of texts and numbers as RFC 4180 has them, each cell in quotes, in the form that Excel opens with its characters. */
export function csvFile(rows: readonly (readonly unknown[])[]): string {
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : harmless(textOf(value));
  return `"${text.replaceAll('"', '""')}"`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A text of which no part is a formula: spreadsheets would run what somebody has called a key. */
function harmless(text: string): string {
  let safe = /^[\t\r]/.test(text) ? "'" : '';
  let begins = true;
  for (const character of text) {
    if (begins && FORMULA.has(character)) safe += "'";
    safe += character;
    // Spaces and quotes don't keep what follows them from being one.
    begins = SEPARATORS.has(character) || (begins && /[\s"]/.test(character));
  }
  return safe;
}
