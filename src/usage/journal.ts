import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { RowWrites } from '../../db/open.ts';
import type { Tables } from '../../db/tables.ts';
import { addActivity, type Batch, emptyBatch, type MinuteCount, type SecretUses } from './batch.ts';

/** Usage that stands in these rows of the journal, and nowhere else in the database. */
export interface Journaled {
  readonly ids: readonly string[];
  readonly batch: Batch;
}

/** One key's part of a row, as JSON: at, ip, what is counted by minutes, and by secrets. */
type Entry = readonly [
  keyId: string,
  organizationId: string,
  at: number,
  ip: string | null,
  minutes: readonly (readonly [start: number, verified: number, denied: number])[],
  secrets: readonly (readonly [secretId: string, at: number, uses: number])[],
];

/** A batch with an id of its own, to be a row of the journal. */
export function newEntry(batch: Batch): Journaled {
  return { ids: [randomUUID()], batch };
}

/** Puts each of them into the journal as one row. */
export function insertRows(entries: readonly Journaled[]): RowWrites {
  return {
    sql: 'insert into usage_journal (id, activities) values (?, ?)',
    rows: entries.flatMap(({ ids, batch }) => ids.map((id) => [id, encode(batch)])),
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

/** What these rows hold together, as far as they are still there. */
export async function readRows(db: Kysely<Tables>, ids: readonly string[]): Promise<Journaled> {
  const batch = emptyBatch();
  const found: string[] = [];
  // One at a time: each may hold thousands of keys.
  for (const id of ids) {
    const row = await db
      .selectFrom('usage_journal')
      .select('activities')
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) continue;
    decodeInto(batch, row.activities);
    found.push(id);
  }
  return { ids: found, batch };
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
  return JSON.stringify(entries);
}

function decodeInto(batch: Batch, text: string): void {
  for (const [keyId, organizationId, at, ip, minutes, secrets] of JSON.parse(text) as Entry[]) {
    addActivity(batch, {
      keyId,
      organizationId,
      at,
      ip,
      minutes: minutes.map(([start, verified, denied]): MinuteCount => ({ start, verified, denied })),
      secrets: secrets.map(([secretId, usedAt, uses]): SecretUses => ({ secretId, at: usedAt, uses })),
    });
  }
}
