import type { Insertable, Kysely, Transaction } from 'kysely';
import { NEVER, type NewRow, NOT_YET, type Tables } from '../../../db/tables/tables.ts';
import { ALL_KEYS } from '../../access/key-scope.ts';
import { newId } from '../../core/ids.ts';
import { keysInScope } from '../api-key.ts';
import { searchText } from '../new-secret.ts';
import { policyColumns } from '../policy/policy.ts';
import { isStartForm } from './imported-forms.ts';
import type { ImportedKey } from './read-imports.ts';

/** A key to import with its new ID. */
export interface NewImport extends ImportedKey {
  readonly id: string;
  readonly secrets: readonly NewSecretRow[];
}

type NewSecretRow = Insertable<Tables['api_key_secrets']>;

/** Message for a hash whose secret can't be imported. */
export const EXISTS_FAULT = 'is the hash of a secret that exists already';

/** Maximum number of rows per statement: preparing more would take long, and both engines limit the parameters. */
const ROWS_MAX = 200;

/** The IDs of keys that were imported before, by their ID in the other system. */
export async function idsByForeignId(
  db: Kysely<Tables>,
  organizationId: string,
  foreignIds: readonly string[],
): Promise<Map<string, string>> {
  if (foreignIds.length === 0) return new Map();
  const rows = await keysInScope(db, ALL_KEYS)
    .select(['id', 'foreign_id'])
    .where('organization_id', '=', organizationId)
    .where('foreign_id', 'in', foreignIds)
    .execute();
  return new Map(rows.map((row) => [row.foreign_id ?? '', row.id]));
}

/** The rows of a key's secrets. All are current: none has replaced another. */
export function newImport(key: ImportedKey, organizationId: string, now: number): NewImport {
  const id = newId('key');
  const secrets = key.hashes.map(({ stored, form }, place) => ({
    id: newId('sec'),
    api_key_id: id,
    hash: stored,
    // The start of further secrets is known only where it is needed to find them.
    start: place === 0 || isStartForm(form) ? key.start : '',
    candidate_organization_id: isStartForm(form) ? organizationId : null,
    created_at: key.createdAt ?? now,
    replaced_at: null,
    expires_at: NEVER,
    revoked_at: null,
  }));
  return { ...key, id, secrets };
}

/** Inserts keys without their secrets. */
export async function insertKeys(
  tx: Transaction<Tables>,
  keys: readonly NewImport[],
  { organizationId, actor, now }: { organizationId: string; actor: string; now: number },
): Promise<void> {
  const rows = keys.map(({ id, policy, environment, start, foreignId, createdAt }) => ({
    id,
    organization_id: organizationId,
    environment,
    start,
    search_text: searchText({ id, ...policy }, start === '' ? [] : [start]),
    created_at: createdAt ?? now,
    created_by: actor,
    updated_at: now,
    rotated_at: createdAt ?? now,
    revoked_at: null,
    revoked_by: null,
    revocation_reason: null,
    foreign_id: foreignId,
    ...policyColumns(policy),
  }));
  await insertRows(tx, 'api_keys', rows);
  const uses = keys.map(({ id, lastUsedAt }) => ({
    api_key_id: id,
    organization_id: organizationId,
    last_used_at: lastUsedAt ?? NOT_YET,
    last_used_ip: null,
  }));
  await insertRows(tx, 'api_key_usage', uses);
  const bonds = keys.flatMap(({ id, policy }) =>
    policy.teamIds.map((teamId) => ({ api_key_id: id, team_id: teamId })),
  );
  await insertRows(tx, 'api_key_teams', bonds);
}

/**
 * Inserts unused secrets of keys. Returns the IDs of those whose hash exists already, which are not inserted. `all` are
 * the secrets of these keys.
 */
export async function insertSecrets(
  tx: Transaction<Tables>,
  secrets: readonly NewSecretRow[],
  all = secrets,
): Promise<Set<string>> {
  const left = await insertSecretRows(tx, secrets);
  const perKey = new Map<string, number>();
  for (const { api_key_id: id } of all) perKey.set(id, (perKey.get(id) ?? 0) + 1);
  const uses = secrets
    .filter(({ id }) => !left.has(id))
    .map(({ id, api_key_id: keyId }) => {
      const counted_from = perKey.get(keyId) === 1 ? null : 0;
      return { secret_id: id, last_used_at: NOT_YET, uses: 0, counted_from };
    });
  await insertRows(tx, 'api_key_secret_usage', uses);
  return left;
}

/** The same without the rows of their usage. */
export async function insertSecretRows(
  tx: Transaction<Tables>,
  secrets: readonly NewSecretRow[],
): Promise<Set<string>> {
  // In the same order in every transaction, so that two with the same hashes can't deadlock.
  const sorted = secrets.toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
  const left = new Set(secrets.map(({ id }) => id));
  for (const rows of chunks(sorted)) {
    const inserted = await tx
      .insertInto('api_key_secrets')
      .values(rows)
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .returning('id')
      .execute();
    for (const { id } of inserted) left.delete(id);
  }
  return left;
}

/** Inserts rows in as many statements as they need. */
export async function insertRows<Name extends keyof Tables>(
  tx: Transaction<Tables>,
  table: Name,
  rows: readonly NewRow<Name>[],
): Promise<void> {
  for (const part of chunks(rows)) await tx.insertInto(table).values(part).execute();
}

function chunks<T>(rows: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < rows.length; start += ROWS_MAX) parts.push(rows.slice(start, start + ROWS_MAX));
  return parts;
}
