import type { Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { authorize, authorizeSomewhere, command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { Input } from '../core/input.ts';
import { readAllowedOrigins, replaceAllowedOrigins } from './allowed-origins.ts';
import { difference } from './difference.ts';
import { type Organization, organizationById, type RotationPolicy } from './organization.ts';
import { readPermissionCatalog } from './permission-catalog.ts';
import { readKeyPrefix } from './read-key-prefix.ts';
import { requireOperator } from './require-operator.ts';

/** Changes to apply. Undefined fields keep their value. */
export interface UpdateOrganizationInput {
  readonly id: string;
  readonly name?: string | null | undefined;
  /** Prefix of new keys. */
  readonly keyPrefix?: string | null | undefined;
  readonly rotationPolicy?: RotationPolicyInput | null | undefined;
  /** All custom permissions; null: none. */
  readonly permissionCatalog?:
    | readonly { readonly name: string; readonly description?: string | null | undefined }[]
    | null
    | undefined;
  /** All web origins that may call the API, at most 50; null: none. */
  readonly allowedOrigins?: readonly string[] | null | undefined;
  /** Maximum number of active keys, 0 to 2,147,483,647; null: unlimited. Existing keys above the limit are kept. */
  readonly maxActiveApiKeys?: number | null | undefined;
}

/** Days, 1 to 3,650; null: no rotation. */
export interface RotationPolicyInput {
  readonly liveDays?: number | null | undefined;
  readonly testDays?: number | null | undefined;
}

type Policy = Pick<Organization, (typeof FIELDS)[number]>;
type OrganizationChanges = Partial<Omit<Policy, 'rotationPolicy'>> & {
  readonly rotationPolicy?: Partial<RotationPolicy>;
  readonly allowedOrigins?: readonly string[];
};

const PERMISSION = 'organization.manage';
const ROTATION_MAX_DAYS = 3650;
const LIMIT_MAX = 2_147_483_647;
const FIELDS = ['name', 'keyPrefix', 'rotationPolicy', 'permissionCatalog', 'maxActiveApiKeys'] as const;

/**
 * Changes an organization. Requires `organization.manage`; only operators can change the limit on active keys, and once
 * committed, no key beyond it becomes active. Rejects with NotFoundError or ValidationError. If nothing differs, nothing
 * is written.
 */
export async function updateOrganization(
  ctx: Context,
  params: UpdateOrganizationInput,
): Promise<Outcome<Organization>> {
  authorizeSomewhere(ctx, PERMISSION);
  const { id } = params;
  if (!isId('org', id)) throw new NotFoundError(id, 'organization');
  authorize(ctx, id, PERMISSION);
  if (params.maxActiveApiKeys !== undefined) requireOperator(ctx, 'organization.limit');
  const input = new Input();
  const { allowedOrigins, ...provided } = readChanges(input, params);
  input.checkForm();
  return command(ctx, { organizationId: id, permission: PERMISSION }, async ({ tx, audit }) => {
    const before = await organizationById(tx, id);
    input.checkChanged([before.name, ...before.permissionCatalog.map(({ description }) => description)]);
    const rotationPolicy = { ...before.rotationPolicy, ...provided.rotationPolicy };
    const after: Organization = { ...before, ...provided, rotationPolicy };
    const policy = difference(before, after, FIELDS);
    if (Object.keys(policy).length > 0) await store(tx, after);
    const origins = allowedOrigins ? await replaceAllowedOrigins(tx, id, allowedOrigins) : {};
    const changes = { ...policy, ...origins };
    if (Object.keys(changes).length === 0) return before;
    audit({ organizationId: id, action: 'organization.updated', targetId: id, changes });
    return after;
  });
}

function readChanges(input: Input, params: UpdateOrganizationInput): OrganizationChanges {
  const {
    name,
    keyPrefix,
    rotationPolicy,
    permissionCatalog,
    allowedOrigins,
    maxActiveApiKeys: limit,
  } = params;
  return {
    ...(name !== undefined && { name: input.name(['input', 'name'], name) }),
    ...(keyPrefix !== undefined && { keyPrefix: readKeyPrefix(input, ['input', 'keyPrefix'], keyPrefix) }),
    ...(rotationPolicy !== undefined && { rotationPolicy: readRotationPolicy(input, rotationPolicy) }),
    ...(permissionCatalog !== undefined && {
      permissionCatalog: readPermissionCatalog(input, ['input', 'permissionCatalog'], permissionCatalog),
    }),
    ...(allowedOrigins !== undefined && {
      allowedOrigins: readAllowedOrigins(input, ['input', 'allowedOrigins'], allowedOrigins),
    }),
    ...(limit !== undefined && {
      maxActiveApiKeys:
        limit === null ? null : input.integer(['input', 'maxActiveApiKeys'], limit, 0, LIMIT_MAX),
    }),
  };
}

function readRotationPolicy(input: Input, params: RotationPolicyInput | null): Partial<RotationPolicy> {
  const path = ['input', 'rotationPolicy'];
  if (!params) {
    input.fault(path, 'REQUIRED', "can't be null");
    return {};
  }
  const days = (field: keyof RotationPolicy, value: number | null): number | null =>
    value === null ? null : input.integer([...path, field], value, 1, ROTATION_MAX_DAYS);
  const { liveDays, testDays } = params;
  return {
    ...(liveDays !== undefined && { liveDays: days('liveDays', liveDays) }),
    ...(testDays !== undefined && { testDays: days('testDays', testDays) }),
  };
}

async function store(tx: Transaction<Tables>, { id, ...after }: Organization): Promise<void> {
  await tx
    .updateTable('organizations')
    .set({
      name: after.name,
      key_prefix: after.keyPrefix,
      rotation_live_days: after.rotationPolicy.liveDays,
      rotation_test_days: after.rotationPolicy.testDays,
      permission_catalog: JSON.stringify(after.permissionCatalog),
      max_active_api_keys: after.maxActiveApiKeys,
    })
    .where('id', '=', id)
    .execute();
}
