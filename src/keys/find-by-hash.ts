import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { union } from '../access/permissions.ts';
import { type Network, parseNetwork } from '../core/ip.ts';
import type { RateLimit } from './api-key.ts';
import type { Environment } from './secret.ts';

/** Everything that verification needs to know of a secret and its key; as of the read, but true at any time after. */
export interface VerifiableKey {
  readonly keyId: string;
  readonly secretId: string;
  readonly organizationId: string;
  readonly environment: Environment;
  /** In force: the role's and the grants together. */
  readonly permissions: readonly string[];
  readonly roleName: string | null;
  /** Empty: bound to no team. */
  readonly teamIds: readonly string[];
  readonly externalId: string | null;
  /** Empty: any address. */
  readonly allowlist: readonly Network[];
  readonly rateLimit: RateLimit | null;
  readonly enabled: boolean;
  /** The key or this secret is. */
  readonly revoked: boolean;
  /** When the key or this secret expires, whichever is first; NEVER where neither does. */
  readonly expiresAt: number;
}

/** The key that the secret with this hash belongs to, in one read by index; null where there is none. */
export function findByHash(db: Kysely<Tables>, hash: string): Promise<VerifiableKey | null> {
  return find(db, 'api_key_secrets.hash', hash);
}

/** The same by the secret's id, for one that was presented before. */
export function findBySecretId(db: Kysely<Tables>, secretId: string): Promise<VerifiableKey | null> {
  return find(db, 'api_key_secrets.id', secretId);
}

async function find(
  db: Kysely<Tables>,
  column: 'api_key_secrets.hash' | 'api_key_secrets.id',
  value: string,
): Promise<VerifiableKey | null> {
  // A row a team: few keys are bound to more than one, and a second read would cost every verification.
  const rows = await db
    .selectFrom('api_key_secrets')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
    .leftJoin('roles', 'roles.id', 'api_keys.role_id')
    .leftJoin('api_key_teams', 'api_key_teams.api_key_id', 'api_keys.id')
    .where(column, '=', value)
    .select([
      'api_keys.id as key_id',
      'api_key_secrets.id as secret_id',
      'api_keys.organization_id',
      'api_keys.environment',
      'api_keys.grants',
      'roles.name as role_name',
      'roles.permissions as role_permissions',
      'api_key_teams.team_id',
      'api_keys.external_id',
      'api_keys.ip_allowlist',
      'api_keys.rate_limit',
      'api_keys.rate_window_seconds',
      'api_keys.enabled',
      'api_keys.expires_at as key_expires_at',
      'api_keys.revoked_at as key_revoked_at',
      'api_key_secrets.expires_at as secret_expires_at',
      'api_key_secrets.revoked_at as secret_revoked_at',
    ])
    .execute();
  const [row] = rows;
  if (!row) return null;
  const { rate_limit: limit, rate_window_seconds: windowSeconds } = row;
  return {
    keyId: row.key_id,
    secretId: row.secret_id,
    organizationId: row.organization_id,
    environment: row.environment,
    permissions: union(texts(row.role_permissions ?? '[]'), texts(row.grants)),
    roleName: row.role_name,
    teamIds: rows.flatMap(({ team_id }) => team_id ?? []),
    externalId: row.external_id,
    allowlist: texts(row.ip_allowlist).map(toNetwork),
    rateLimit: limit === null || windowSeconds === null ? null : { limit, windowSeconds },
    enabled: row.enabled === 1,
    revoked: row.key_revoked_at !== null || row.secret_revoked_at !== null,
    expiresAt: Math.min(row.key_expires_at, row.secret_expires_at),
  };
}

function texts(json: string): string[] {
  return JSON.parse(json) as string[];
}

function toNetwork(text: string): Network {
  const parsed = parseNetwork(text);
  if ('network' in parsed) return parsed.network;
  // Refusing to decide is right: without the entry the key would be open to more, or to fewer, than it should be.
  throw new Error(`A stored allowlist can't be read: ${parsed.fault}`);
}
