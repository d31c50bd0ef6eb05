import { isPermission } from '../../../src/access/permissions.ts';
import { isId } from '../../../src/core/ids.ts';
import { presentedAddress } from '../../../src/core/ip.ts';
import type { VerificationRequest } from '../../../src/verification/verify.ts';
import type { VerifyRequirements } from './types.ts';

const PERMISSIONS_MAX = 100;
const NONE: readonly string[] = Object.freeze([]);

/** Texts that were checked before. Applications use few. */
const CHECKED_MAX = 10_000;
const checkedPermissions = new Set<string>();
const checkedIds = new Set<string>();

/** A verification as the core wants it. */
export class EmbeddedRequest implements VerificationRequest {
  /** Forgotten after the verification: whoever holds a verdict doesn't hold a secret. */
  secret: string;
  readonly permissions: readonly string[];
  readonly anyPermissions: readonly string[];
  readonly teamId: string | null;
  readonly environment: 'live' | 'test' | null;
  readonly ip: string | null;
  readonly organizationId: string | null;
  readonly takeRateLimit = true;
  readonly reportTo = null;

  /** Throws TypeError for requirements that are not valid. */
  constructor(secret: string, requirements: VerifyRequirements) {
    const { permissions, anyPermissions, teamId, environment, ip, organizationId } = requirements;
    if (typeof secret !== 'string') throw new TypeError('secret: must be a string');
    this.secret = secret;
    this.permissions = readPermissions('permissions', permissions);
    this.anyPermissions = readPermissions('anyPermissions', anyPermissions);
    this.teamId = readId('teamId', 'team', teamId);
    this.organizationId = readId('organizationId', 'org', organizationId);
    this.environment = readEnvironment(environment);
    this.ip = readAddress(ip);
  }

  mayFail(): boolean {
    return true;
  }

  visible(key: { readonly organizationId: string }): boolean {
    return this.organizationId === null || key.organizationId === this.organizationId;
  }
}

function readPermissions(
  field: string,
  permissions: readonly string[] | null | undefined,
): readonly string[] {
  if (!permissions) return NONE;
  if (!Array.isArray(permissions) || permissions.length > PERMISSIONS_MAX)
    throw new TypeError(`${field}: must be a list of at most ${PERMISSIONS_MAX} permissions`);
  for (const permission of permissions)
    if (!checkedPermissions.has(permission)) checkPermission(field, permission);
  return permissions;
}

function readId(field: string, type: 'team' | 'org', id: string | null | undefined): string | null {
  if (id === null || id === undefined) return null;
  if (checkedIds.has(id) && id.startsWith(type)) return id;
  if (typeof id !== 'string' || !isId(type, id)) throw new TypeError(`${field}: must be an ID (${type}_…)`);
  note(checkedIds, id);
  return id;
}

function checkPermission(field: string, permission: unknown): void {
  if (typeof permission !== 'string' || !isPermission(permission))
    throw new TypeError(`${field}: must contain names of permissions only`);
  note(checkedPermissions, permission);
}

function note(checked: Set<string>, text: string): void {
  if (checked.size >= CHECKED_MAX) checked.clear();
  checked.add(text);
}

function readEnvironment(environment: VerifyRequirements['environment']): 'live' | 'test' | null {
  if (environment === null || environment === undefined) return null;
  if (environment === 'LIVE') return 'live';
  if (environment === 'TEST') return 'test';
  throw new TypeError('environment: must be LIVE or TEST');
}

function readAddress(ip: string | null | undefined): string | null {
  if (ip === null || ip === undefined) return null;
  const address = typeof ip === 'string' ? presentedAddress(ip) : null;
  if (address === null)
    throw new TypeError('ip: must be an IP address, such as 192.0.2.1, 192.0.2.1:4711 or [2001:db8::1]:443');
  return address;
}
