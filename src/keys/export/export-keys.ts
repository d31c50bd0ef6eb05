import { type Kysely, type SqlBool, sql } from 'kysely';
import { NEVER, NOT_YET, type Row, type Tables } from '../../../db/tables/tables.ts';
import type { HashAlgorithm } from '../import/stored-hash.ts';
import { exportedHash } from './exported-hash.ts';

/** A secret in an export. Times are in RFC 3339; null: never, or not yet. */
export interface ExportedSecret {
  readonly algorithm: HashAlgorithm;
  readonly hash: string;
  readonly start: string;
  readonly createdAt: string;
  readonly replacedAt: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  /** Accepted verifications. */
  readonly uses: number;
}

/** A key in an export, without IDs of this installation: roles and teams have names. */
export interface ExportedKey {
  readonly type: 'key';
  /** ID of the key in the system that it was imported from, or else its own ID. */
  readonly foreignId: string;
  readonly name: string;
  readonly description: string | null;
  readonly environment: 'live' | 'test';
  readonly role: string | null;
  readonly grants: readonly string[];
  readonly teams: readonly string[];
  readonly ipAllowlist: readonly string[];
  readonly rateLimit: { readonly limit: number; readonly windowSeconds: number } | null;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly rotatedAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly revocationReason: string | null;
  readonly lastUsedAt: string | null;
  readonly lastUsedIp: string | null;
  /** Oldest first. */
  readonly secrets: readonly ExportedSecret[];
}

/** Names of the organization's roles and teams by ID. */
export interface NamesById {
  readonly roles: ReadonlyMap<string, string>;
  readonly teams: ReadonlyMap<string, string>;
}

const BATCH = 500;

/** The keys of an organization, oldest first, including expired and revoked ones. Reads them in batches. */
export async function* exportKeys(
  db: Kysely<Tables>,
  organizationId: string,
  names: NamesById,
): AsyncGenerator<ExportedKey> {
  for (let last: { created_at: number; id: string } | null = null; ; ) {
    const keys: Row<'api_keys'>[] = await readBatch(db, organizationId, last);
    if (keys.length === 0) return;
    const ids = keys.map(({ id }) => id);
    const secrets = byKey(await readSecrets(db, ids));
    const teams = byKey(await readTeams(db, ids));
    const uses = new Map((await readUses(db, ids)).map((use) => [use.api_key_id, use]));
    for (const key of keys) {
      const named = (teams.get(key.id) ?? []).map(({ team_id: id }) => names.teams.get(id) ?? id);
      yield toExported(key, names, named.sort(), secrets.get(key.id) ?? [], uses.get(key.id));
    }
    last = keys.at(-1) ?? null;
    if (keys.length < BATCH) return;
  }
}

function readBatch(
  db: Kysely<Tables>,
  organizationId: string,
  last: { readonly created_at: number; readonly id: string } | null,
): Promise<Row<'api_keys'>[]> {
  const query = db.selectFrom('api_keys').selectAll().where('organization_id', '=', organizationId);
  const later = last && sql<SqlBool>`(created_at, id) > (${last.created_at}, ${last.id})`;
  return (later ? query.where(later) : query).orderBy('created_at').orderBy('id').limit(BATCH).execute();
}

function readSecrets(db: Kysely<Tables>, keyIds: readonly string[]) {
  return db
    .selectFrom('api_key_secrets')
    .leftJoin('api_key_secret_usage', 'api_key_secret_usage.secret_id', 'api_key_secrets.id')
    .selectAll('api_key_secrets')
    .select(['api_key_secret_usage.last_used_at', 'api_key_secret_usage.uses'])
    .where('api_key_secrets.api_key_id', 'in', keyIds)
    .orderBy('api_key_secrets.created_at')
    .orderBy('api_key_secrets.id')
    .execute();
}

function readTeams(db: Kysely<Tables>, keyIds: readonly string[]) {
  return db.selectFrom('api_key_teams').selectAll().where('api_key_id', 'in', keyIds).execute();
}

function readUses(db: Kysely<Tables>, keyIds: readonly string[]) {
  return db.selectFrom('api_key_usage').selectAll().where('api_key_id', 'in', keyIds).execute();
}

type SecretRow = Awaited<ReturnType<typeof readSecrets>>[number];

function toExported(
  key: Row<'api_keys'>,
  names: NamesById,
  teams: readonly string[],
  secrets: readonly SecretRow[],
  use: Row<'api_key_usage'> | undefined,
): ExportedKey {
  const { rate_limit: limit, rate_window_seconds: windowSeconds } = key;
  return {
    type: 'key',
    foreignId: key.foreign_id ?? key.id,
    name: key.name,
    description: key.description,
    environment: key.environment,
    role: key.role_id === null ? null : (names.roles.get(key.role_id) ?? null),
    grants: JSON.parse(key.grants) as string[],
    teams,
    ipAllowlist: JSON.parse(key.ip_allowlist) as string[],
    rateLimit: limit === null || windowSeconds === null ? null : { limit, windowSeconds },
    externalId: key.external_id,
    metadata: JSON.parse(key.metadata) as Record<string, unknown>,
    enabled: key.enabled === 1,
    createdAt: time(key.created_at),
    updatedAt: time(key.updated_at),
    rotatedAt: time(key.rotated_at),
    expiresAt: timeOrNull(key.expires_at),
    revokedAt: timeOrNull(key.revoked_at),
    revocationReason: key.revocation_reason,
    lastUsedAt: timeOrNull(use?.last_used_at ?? null),
    lastUsedIp: use?.last_used_ip ?? null,
    secrets: secrets.map((secret) => ({
      ...exportedHash(secret.hash),
      start: secret.start,
      createdAt: time(secret.created_at),
      replacedAt: timeOrNull(secret.replaced_at),
      expiresAt: timeOrNull(secret.expires_at),
      revokedAt: timeOrNull(secret.revoked_at),
      lastUsedAt: timeOrNull(secret.last_used_at),
      uses: secret.uses ?? 0,
    })),
  };
}

function byKey<T extends { readonly api_key_id: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(row.api_key_id, [...(groups.get(row.api_key_id) ?? []), row]);
  return groups;
}

function timeOrNull(milliseconds: number | null): string | null {
  return milliseconds === null || milliseconds === NEVER || milliseconds === NOT_YET
    ? null
    : time(milliseconds);
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
