import { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
import { quotable } from '../../core/scrub.ts';
import { type ByteSource, decodeUtf8, RECORD_MAX_BYTES } from './byte-source.ts';
import { readKey } from './read-jsonl.ts';
import { rejected, SourceError, type SourceRecord } from './record.ts';

/** How the text of a column becomes a field of a key. */
const COLUMNS: Readonly<Record<string, (text: string) => unknown>> = {
  foreignId: text,
  name: text,
  hash: text,
  algorithm: text,
  secret: text,
  additionalHashes: list,
  start: text,
  environment: text,
  description: text,
  role: text,
  grants: list,
  teams: list,
  ipAllowlist: list,
  rateLimit: (value) => {
    const [, limit, windowSeconds] = /^(\d{1,10})\/(\d{1,10})$/.exec(value) ?? [];
    return limit === undefined ? value : { limit: Number(limit), windowSeconds: Number(windowSeconds) };
  },
  externalId: text,
  metadata: text,
  enabled: (value) => ({ true: true, false: false, 1: true, 0: false })[value.toLowerCase()] ?? value,
  createdAt: text,
  expiresAt: text,
  lastUsedAt: text,
};

interface Parsed {
  readonly record: readonly string[];
  readonly info: Info;
}

/**
 * Reads CSV (RFC 4180) whose first row names the columns. An empty field is missing. Throws SourceError if a column is
 * unknown or listed twice, or the quotes don't match.
 */
export async function* readCsv({ chunks }: ByteSource): AsyncGenerator<SourceRecord> {
  const parser = parse({
    // Each field is decoded below, so that invalid UTF-8 spoils only its own record.
    encoding: 'latin1',
    info: true,
    max_record_size: RECORD_MAX_BYTES,
    relax_column_count: true,
  });
  const source = Readable.from(chunks);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let names: readonly string[] | null = null;
  let line = 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      const cells = record.map((cell) => decodeUtf8(Buffer.from(cell, 'latin1')));
      if (names === null) names = readHeader(cells);
      else if (cells.length > 1 || cells[0] !== '') yield readRow(line, names, cells);
      // The record ends on this line, and the next one begins after it.
      line = info.lines + 1;
    }
  } catch (error) {
    const { code } = error as Partial<CsvError>;
    if (typeof code !== 'string' || !code.startsWith('CSV_')) throw error;
    const reason = code === 'CSV_MAX_RECORD_SIZE' ? 'is longer than 1 MiB' : 'has quotes that don’t match';
    throw new SourceError(`line ${line}: the record that starts here ${reason}`);
  } finally {
    source.destroy();
  }
}

function readHeader(cells: readonly (string | null)[]): string[] {
  return cells.map((cell, index) => {
    const name = cell?.trim() ?? '';
    if (!Object.hasOwn(COLUMNS, name))
      throw new SourceError(
        `line 1: ${quotable(name)} is not a known column. Columns: ${Object.keys(COLUMNS).join(', ')}`,
      );
    if (cells.slice(0, index).some((other) => other?.trim() === name))
      throw new SourceError(`line 1: the column ${name} is listed twice`);
    return name;
  });
}

function readRow(line: number, names: readonly string[], cells: readonly (string | null)[]): SourceRecord {
  if (cells.length !== names.length)
    return rejected(line, [`has ${cells.length} fields instead of ${names.length}`]);
  if (cells.includes(null)) return rejected(line, ['is not valid UTF-8']);
  const filled = names.flatMap((name, index) => {
    const cell = cells[index];
    return cell ? [[name, COLUMNS[name]?.(cell)]] : [];
  });
  return readKey(line, Object.fromEntries(filled));
}

function text(value: string): string {
  return value;
}

/** Entries separated by spaces or `;`. */
function list(value: string): string[] {
  return value.split(/[\s;]+/).filter((entry) => entry !== '');
}
