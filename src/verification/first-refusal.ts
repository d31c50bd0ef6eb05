import { covers, missing } from '../access/permissions.ts';
import { isInNetworks } from '../core/ip.ts';
import type { VerifiableKey } from './services.ts';
import type { VerificationCode } from './verification-code.ts';

/** Why a key is denied. */
export type Refusal = readonly [code: VerificationCode, message: string];

/** What a key must have. */
export interface Requirements {
  /** Required permissions, all of them. */
  readonly permissions: readonly string[];
  /** Alternative permissions: the key must have at least one of them, unless the list is empty. */
  readonly anyPermissions: readonly string[];
  /** The key must be bound to this team or to no team. */
  readonly teamId: string | null;
  readonly environment: VerifiableKey['environment'] | null;
}

/** The checks in order, up to the rate limit, which counts when it is checked. */
export function firstRefusal(
  key: VerifiableKey,
  request: Requirements,
  ip: string | null,
  now: number,
): Refusal | null {
  if (key.revoked) return ['REVOKED', 'This API key has been revoked'];
  if (!key.enabled) return ['DISABLED', 'This API key is disabled'];
  if (key.expiresAt <= now) return ['EXPIRED', 'This API key has expired'];
  if (key.allowlist.length > 0) {
    if (ip === null)
      return ['IP_NOT_ALLOWED', 'This API key has an IP allowlist and the address of the client is unknown'];
    if (!isInNetworks(ip, key.allowlist))
      return ['IP_NOT_ALLOWED', `The address ${ip} is not in this API key's IP allowlist`];
  }
  if (request.teamId !== null && key.teamIds.length > 0 && !key.teamIds.includes(request.teamId))
    return ['TEAM_NOT_ALLOWED', 'This API key is bound to other teams'];
  if (request.environment !== null && key.environment !== request.environment)
    return ['WRONG_ENVIRONMENT', `This API key belongs to the ${key.environment} environment`];
  const lacking = missing(key.permissions, request.permissions);
  if (lacking.length > 0)
    return ['INSUFFICIENT_PERMISSIONS', `This API key lacks the required permissions: ${lacking.join(', ')}`];
  const { anyPermissions } = request;
  if (anyPermissions.length > 0 && !anyPermissions.some((permission) => covers(key.permissions, permission)))
    return [
      'INSUFFICIENT_PERMISSIONS',
      `This API key has none of the alternative permissions: ${anyPermissions.join(', ')}`,
    ];
  return null;
}
