import { isDeepStrictEqual } from 'node:util';
import { NEVER } from '../../../db/tables/tables.ts';
import type { KeyLimits } from '../../access/key-limits.ts';
import type { Changes } from '../../changes/events.ts';
import { foldName } from '../../core/input.ts';
import { storedNetwork } from '../../core/ip.ts';
import type { RateLimit } from '../api-key.ts';
import type { Environment } from '../secret.ts';

/** The policy of a key: everything that can be set or changed. */
export interface KeyPolicy {
  readonly name: string;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly roleId: string | null;
  readonly grants: readonly string[];
  readonly teamIds: readonly string[];
  readonly ipAllowlist: readonly string[];
  readonly rateLimit: RateLimit | null;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly expiresAt: number | null;
}

/** The policy of a new key, apart from its name. */
export const DEFAULT_POLICY: Omit<KeyPolicy, 'name'> = {
  description: null,
  enabled: true,
  roleId: null,
  grants: [],
  teamIds: [],
  ipAllowlist: [],
  rateLimit: null,
  externalId: null,
  metadata: {},
  expiresAt: null,
};

const FIELDS = ['name', ...Object.keys(DEFAULT_POLICY)] as (keyof KeyPolicy)[];

/** A policy as columns of the key's row. Its teams are separate rows. */
export function policyColumns(policy: KeyPolicy) {
  return {
    name: policy.name,
    name_key: foldName(policy.name),
    description: policy.description,
    enabled: policy.enabled ? 1 : 0,
    role_id: policy.roleId,
    grants: JSON.stringify(policy.grants),
    ip_allowlist: JSON.stringify(policy.ipAllowlist),
    rate_limit: policy.rateLimit?.limit ?? null,
    rate_window_seconds: policy.rateLimit?.windowSeconds ?? null,
    external_id: policy.externalId,
    metadata: JSON.stringify(policy.metadata),
    expires_at: policy.expiresAt ?? NEVER,
  };
}

/** Restrictions of a key with this policy. */
export function limitsOf(
  policy: Pick<KeyPolicy, 'expiresAt' | 'ipAllowlist' | 'rateLimit' | 'teamIds'>,
  environment: Environment,
): KeyLimits {
  const { expiresAt, ipAllowlist, rateLimit, teamIds } = policy;
  return {
    environment,
    expiresAt: expiresAt ?? NEVER,
    allowlist: ipAllowlist.map(storedNetwork),
    rateLimit,
    teamIds,
  };
}

/** Changes between two policies for the audit log; lists are compared as sets. */
export function policyChanges(before: Partial<KeyPolicy>, after: Partial<KeyPolicy>): Changes {
  const changed = FIELDS.filter((field) => field in after && !isSame(before[field], after[field]));
  return Object.fromEntries(
    changed.map((field) => [field, [shown(field, before[field]), shown(field, after[field])]]),
  );
}

/**
 * A new key for the audit log: its environment and permissions, and all other properties with a value. There was
 * nothing before.
 */
export function policyCreation(policy: KeyPolicy, environment: Environment): Changes {
  const { roleId, grants, teamIds } = policy;
  const after = Object.entries(policyChanges(DEFAULT_POLICY, policy)).map(([field, [, value]]) => [
    field,
    value,
  ]);
  const set = {
    environment: environment.toUpperCase(),
    roleId,
    grants,
    teamIds,
    ...Object.fromEntries(after),
  };
  return Object.fromEntries(Object.entries(set).map(([field, value]) => [field, [null, value]]));
}

function isSame(before: unknown, after: unknown): boolean {
  return isDeepStrictEqual(asSet(before), asSet(after));
}

function asSet(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}

function shown(field: keyof KeyPolicy, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  return field === 'expiresAt' ? new Date(value as number).toISOString() : value;
}
