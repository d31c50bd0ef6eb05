/** Byte order mark, without which Excel assumes a regional character set. */
const BYTE_ORDER_MARK = '\uFEFF';

/** Characters that start a spreadsheet formula, including full-width ones. */
const FORMULA = new Set('=+-@＝＋－＠');

/**
 * Possible cell and line separators of spreadsheets configured for something other than commas, where quotes have no
 * effect.
 */
const SEPARATORS = new Set(';|\t\r\n');

/**
 * Rows of texts and numbers in RFC 4180 format, with each cell quoted, so that Excel opens them with the right
 * characters.
 */
export function csvFile(rows: readonly (readonly unknown[])[]): string {
  return BYTE_ORDER_MARK + csvRows(rows);
}

/** Further rows of such a file. */
export function csvRows(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : harmless(textOf(value));
  return `"${text.replaceAll('"', '""')}"`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Escapes a text so that no part is a formula: spreadsheets would execute a key's name. */
function harmless(text: string): string {
  let safe = /^[\t\r]/.test(text) ? "'" : '';
  let begins = true;
  for (const character of text) {
    if (begins && FORMULA.has(character)) safe += "'";
    safe += character;
    // Leading spaces and quotes don't prevent a formula.
    begins = SEPARATORS.has(character) || (begins && /[\s"]/.test(character));
  }
  return safe;
}
