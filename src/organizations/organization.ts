import type { Kysely } from 'kysely';
import type { Row, Tables } from '../../db/tables/tables.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';

/** A customer, product or department with its own keys. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  /** Unique name in URLs. Never changes. */
  readonly slug: string;
  /** First part of new keys. */
  readonly keyPrefix: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Null: unlimited. */
  readonly maxActiveApiKeys: number | null;
  readonly rotationPolicy: RotationPolicy;
  /** Custom permissions, without the built-in ones. */
  readonly permissionCatalog: readonly PermissionDefinition[];
}

/** Days between rotations of a key; null: no rotation. */
export interface RotationPolicy {
  readonly liveDays: number | null;
  readonly testDays: number | null;
}

/** A custom permission of an organization. */
export interface PermissionDefinition {
  readonly name: string;
  readonly description: string | null;
}

/** The columns of an organization. */
export const ORGANIZATION_COLUMNS = [
  'organizations.id',
  'organizations.name',
  'organizations.slug',
  'organizations.key_prefix',
  'organizations.max_active_api_keys',
  'organizations.rotation_live_days',
  'organizations.rotation_test_days',
  'organizations.permission_catalog',
  'organizations.created_at',
] as const;

/** Maps a row to an organization. */
export function toOrganization(row: Row<'organizations'>): Organization {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    keyPrefix: row.key_prefix,
    createdAt: row.created_at,
    maxActiveApiKeys: row.max_active_api_keys,
    rotationPolicy: { liveDays: row.rotation_live_days, testDays: row.rotation_test_days },
    permissionCatalog: JSON.parse(row.permission_catalog) as PermissionDefinition[],
  };
}

/** The existing organizations, in any order. */
export async function loadOrganizations(db: Kysely<Tables>, ids: readonly string[]): Promise<Organization[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('organizations')
    .select(ORGANIZATION_COLUMNS)
    .where('id', 'in', ids)
    .execute();
  return rows.map(toOrganization);
}

/** The organization with this id. Rejects with NotFoundError. */
export async function organizationById(db: Kysely<Tables>, id: string): Promise<Organization> {
  const [organization] = isId('org', id) ? await loadOrganizations(db, [id]) : [];
  if (!organization) throw new NotFoundError(id, 'organization');
  return organization;
}
