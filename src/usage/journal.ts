import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { RowWrites } from '../../db/open.ts';
import type { Tables } from '../../db/tables.ts';
import { addActivity, type Batch, emptyBatch } from './batch.ts';

/** What one row of the journal holds. */
export interface JournalRow {
  readonly id: string;
  readonly batch: Batch;
}

/** One key's part of a row. */
type Entry = readonly [
  keyId: string,
  organizationId: string,
  at: number,
  ip: string | null,
  minutes: readonly (readonly [start: number, verified: number, denied: number])[],
  secrets: readonly (readonly [secretId: string, at: number, uses: number])[],
];

/** A row is read only by programs that know its form: a later one may write another beside an earlier one. */
const VERSION = 1;

/** A batch, to be a row of the journal. */
export function newRow(batch: Batch): JournalRow {
  return { id: randomUUID(), batch };
}

/** Puts rows into the journal. */
export function insertRows(rows: readonly JournalRow[]): RowWrites {
  return {
    sql: 'insert into usage_journal (id, activities) values (?, ?)',
    rows: rows.map(({ id, batch }) => [id, encode(batch)]),
  };
}

/** Takes rows out of the journal; nothing is written where any of them is gone: somebody else wrote what it held. */
export function deleteRows(ids: readonly string[]): RowWrites {
  return {
    sql: 'delete from usage_journal where id = ?',
    rows: ids.map((id) => [id]),
    mustChange: true,
  };
}

/** The ids of all rows. */
export async function idsInJournal(db: Kysely<Tables>): Promise<string[]> {
  const rows = await db.selectFrom('usage_journal').select('id').execute();
  return rows.map(({ id }) => id);
}

/** A row as it stands there; null where there is none, or none that this program can read. */
export async function readRow(db: Kysely<Tables>, id: string): Promise<JournalRow | null> {
  const row = await db
    .selectFrom('usage_journal')
    .select('activities')
    .where('id', '=', id)
    .executeTakeFirst();
  const batch = row && decode(row.activities);
  return batch ? { id, batch } : null;
}

function encode(batch: Batch): string {
  const entries: Entry[] = [];
  for (const { keyId, organizationId, at, ip, minutes, secrets } of batch.keys.values()) {
    entries.push([
      keyId,
      organizationId,
      at,
      ip,
      minutes.map(({ start, verified, denied }) => [start, verified, denied]),
      secrets.map(({ secretId, at: usedAt, uses }) => [secretId, usedAt, uses]),
    ]);
  }
  return JSON.stringify({ version: VERSION, entries });
}

function parse(text: string): { version: number; entries: readonly Entry[] } {
  try {
    return JSON.parse(text);
  } catch {
    return { version: 0, entries: [] };
  }
}

function decode(text: string): Batch | null {
  const { version, entries } = parse(text);
  if (version !== VERSION) return null;
  const batch = emptyBatch();
  for (const [keyId, organizationId, at, ip, minutes, secrets] of entries) {
    addActivity(batch, {
      keyId,
      organizationId,
      at,
      ip,
      minutes: minutes.map(([start, verified, denied]) => ({ start, verified, denied })),
      secrets: secrets.map(([secretId, usedAt, uses]) => ({ secretId, at: usedAt, uses })),
    });
  }
  return batch;
}
