import { open } from 'node:fs/promises';
import { type ForeignTable, openPostgresTable, openSqliteTable } from '../../../db/foreign-table.ts';
import { UsageError } from '../usage-error.ts';
import { type ByteSource, openBytes } from './byte-source.ts';
import type { Format } from './formats.ts';
import { readBetterAuthJson, readBetterAuthRows } from './read-better-auth.ts';
import { readCsv } from './read-csv.ts';
import { readJsonl } from './read-jsonl.ts';
import { readUnkey } from './read-unkey.ts';
import type { SourceRecord } from './record.ts';

/** The records of a source, and how far they have been read: from 0 to 1. */
export interface Source {
  readonly records: AsyncIterable<SourceRecord>;
  share(): number;
  close(): Promise<void>;
}

/** The first bytes of every SQLite file. */
const SQLITE_HEADER = 'SQLite format 3\0';

/** The table of better-auth's API keys. */
const BETTER_AUTH_TABLE = 'apikey';

/** Opens a file, or for better-auth also a database. Rejects with the reason if it can't be read. */
export async function openSource(
  source: string,
  format: Format,
  options: { readonly plain: boolean },
): Promise<Source> {
  if (/^postgres(?:ql)?:\/\//.test(source)) {
    if (format !== 'better-auth') throw new UsageError('Only --format better-auth reads a database');
    return ofTable(await openPostgresTable(source, BETTER_AUTH_TABLE), options);
  }
  if (format === 'better-auth' && (await isSqlite(source)))
    return ofTable(await openSqliteTable(source, BETTER_AUTH_TABLE), options);
  const bytes = await openBytes(source);
  const records = {
    jsonl: readJsonl,
    csv: readCsv,
    unkey: readUnkey,
    'better-auth': (from: ByteSource) => readBetterAuthJson(from, options),
  }[format](bytes);
  return { records, share: () => (bytes.size === 0 ? 1 : bytes.done() / bytes.size), close: bytes.close };
}

function ofTable({ rows, count, close }: ForeignTable, options: { readonly plain: boolean }): Source {
  let read = 0;
  async function* counted() {
    for await (const row of rows) {
      read += 1;
      yield row;
    }
  }
  const share = () => (count === 0 ? 1 : read / count);
  return { records: readBetterAuthRows(counted(), options), share, close };
}

async function isSqlite(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SQLITE_HEADER.length), 0);
    return buffer.subarray(0, bytesRead).toString('latin1') === SQLITE_HEADER;
  } finally {
    await handle.close();
  }
}
