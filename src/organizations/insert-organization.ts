import type { Transaction } from 'kysely';
import type { NewRow, Tables } from '../../db/tables/tables.ts';
import { SYSTEM_ROLES } from '../access/permissions.ts';
import type { Change } from '../command.ts';
import { ConflictError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { type Organization, toOrganization } from './organization.ts';
import { numberedSlug, slugOf } from './slug.ts';

/** Input for a new organization. */
export interface NewOrganization {
  /** Omitted: a new one. */
  readonly id?: string;
  readonly name: string;
  /** Null: derived from the name. */
  readonly slug: string | null;
  readonly keyPrefix: string;
  /** Null: unlimited. */
  readonly maxActiveApiKeys: number | null;
}

/** A newly created organization. */
export interface InsertedOrganization {
  readonly organization: Organization;
  readonly ownerRoleId: string;
}

const ROTATION_LIVE_DAYS = 90;
const ROTATION_TEST_DAYS = 180;
/** The part of a slug that its numbered forms share. */
const SHARED_START = 30;

/**
 * Creates an organization with its sequence and system roles. Rejects with ConflictError if the provided slug is taken.
 */
export async function insertOrganization(
  { tx, now, audit }: Change,
  { id = newId('org'), name, slug, keyPrefix, maxActiveApiKeys }: NewOrganization,
): Promise<InsertedOrganization> {
  const row = {
    id,
    name,
    key_prefix: keyPrefix,
    max_active_api_keys: maxActiveApiKeys,
    rotation_live_days: ROTATION_LIVE_DAYS,
    rotation_test_days: ROTATION_TEST_DAYS,
    permission_catalog: '[]',
    created_at: now,
  };
  const taken = slug === null ? await insertWithFreeSlug(tx, row) : slug;
  if (slug !== null && !(await insert(tx, { ...row, slug })))
    throw new ConflictError('NAME_TAKEN', `An organization with the slug ${slug} already exists`);
  await tx.insertInto('organization_sequences').values({ organization_id: row.id, value: 0 }).execute();
  const ownerRoleId = await insertSystemRoles(tx, row.id, now);
  audit({
    organizationId: row.id,
    action: 'organization.created',
    targetId: row.id,
    changes: { name: [null, name], slug: [null, taken], keyPrefix: [null, keyPrefix] },
  });
  return { organization: toOrganization({ ...row, slug: taken }), ownerRoleId };
}

type Unnamed = Omit<NewRow<'organizations'>, 'slug'>;

/** Inserts before reading: the insert takes the lock that makes the read reliable. */
async function insertWithFreeSlug(tx: Transaction<Tables>, row: Unnamed): Promise<string> {
  const slug = slugOf(row.name);
  if (await insert(tx, { ...row, slug })) return slug;
  const taken = await slugsLike(tx, slug);
  for (let number = 2; ; number += 1) {
    const numbered = numberedSlug(slug, number);
    if (!taken.has(numbered) && (await insert(tx, { ...row, slug: numbered }))) return numbered;
  }
}

async function slugsLike(tx: Transaction<Tables>, slug: string): Promise<ReadonlySet<string>> {
  const start = slug.slice(0, SHARED_START);
  const rows = await tx
    .selectFrom('organizations')
    .select('slug')
    .where('slug', '>=', start)
    .where('slug', '<', `${start}~`)
    .execute();
  return new Set(rows.map((row) => row.slug));
}

async function insert(tx: Transaction<Tables>, row: NewRow<'organizations'>): Promise<boolean> {
  const inserted = await tx
    .insertInto('organizations')
    .values(row)
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

async function insertSystemRoles(
  tx: Transaction<Tables>,
  organizationId: string,
  now: number,
): Promise<string> {
  // Sorted ids keep the roles in this order in lists, because all of them have the same age.
  const ids = SYSTEM_ROLES.map(() => newId('role')).sort();
  const rows = SYSTEM_ROLES.map((role, index) => ({
    id: ids[index] ?? newId('role'),
    organization_id: organizationId,
    name: role.name,
    name_key: role.name,
    description: role.description,
    permissions: JSON.stringify(role.permissions),
    is_system: 1,
    created_at: now,
  }));
  await tx.insertInto('roles').values(rows).execute();
  const owner = rows.find((row) => row.name === 'owner');
  if (!owner) throw new Error('There is no role owner among the system roles');
  return owner.id;
}
