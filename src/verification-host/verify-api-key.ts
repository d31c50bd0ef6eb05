import { authorizeSomewhere } from '../access/authorize.ts';
import type { FailedCaller } from '../access/failure-limiter.ts';
import { isTeamInScope, sharesTeam } from '../access/key-scope.ts';
import { isPermission } from '../access/permissions.ts';
import type { Principal } from '../access/principal.ts';
import { isId } from '../core/ids.ts';
import { Input } from '../core/input.ts';
import { presentedAddress } from '../core/ip.ts';
import type { VerificationDoor, VerificationOutcome } from '../core/measurements.ts';
import type { Environment } from '../keys/secret.ts';
import type { VerifiableKey } from '../verification/services.ts';
import {
  isFailure,
  type Verdict,
  type VerificationCode,
  type VerificationRequest,
  verifySecret,
} from '../verification/verify.ts';
import type { VerificationContext } from './context.ts';

/** Input of a verification. */
export interface VerifyApiKeyInput {
  /** The secret as the client sent it. Surrounding spaces and line breaks are ignored. */
  readonly key: string;
  /** Required permissions, all of them; at most 100. */
  readonly permissions?: readonly string[] | null | undefined;
  /** Alternative permissions, of which the key must have one; at most 100. Empty: not checked. */
  readonly anyPermissions?: readonly string[] | null | undefined;
  /** The client's address, with or without a port. */
  readonly ip?: string | null | undefined;
  /** The key must be bound to this team or to no team. */
  readonly teamId?: string | null | undefined;
  readonly environment?: Environment | null | undefined;
  /** Keys of other organizations are unknown. Omitted: those of every organization that the caller can verify. */
  readonly organizationId?: string | null | undefined;
}

/** Result of a verification. */
export interface Verification {
  readonly valid: boolean;
  readonly code: VerificationCode;
  readonly message: string;
  /** Null if the key is unknown, or of an organization that doesn't exist for the caller. */
  readonly keyId: string | null;
  /** The key if it is accepted, otherwise null. */
  readonly accepted: VerifiableKey | null;
  /** Accepted verifications left in the rate-limit window; null without a limit. */
  readonly remaining: number | null;
  /** When the window ends, milliseconds since the epoch; null without a limit. */
  readonly resetAt: number | null;
}

const PERMISSION = 'api.key.verify';
const PERMISSIONS_MAX = 100;
const NO_TEAM = '';
const TOO_MANY = 'Too many failed verifications for this address or by this caller';

/**
 * Verifies a secret that a client has presented. Requires `api.key.verify`: keys of organizations where the caller
 * lacks it are unknown, as are keys outside a team-bound caller's teams. An invalid secret counts as a failure of its
 * address, and results in RATE_LIMITED after too many; valid secrets are still accepted. Rejects with BAD_USER_INPUT
 * for invalid arguments.
 */
export async function verifyApiKey(
  ctx: VerificationContext,
  params: VerifyApiKeyInput,
  door: VerificationDoor = 'graphql',
): Promise<Verification> {
  const principal = authorizeSomewhere(ctx, PERMISSION);
  const { permissions, anyPermissions, ip, teamId } = readArguments(params);
  const { organizationId = null } = params;
  const isVisible = (id: string) =>
    (organizationId === null || id === organizationId) && principal.can(id, PERMISSION);
  const { code, message, record, remaining, resetAt } = await measured(ctx, door, {
    secret: params.key,
    permissions,
    anyPermissions,
    ip,
    // If the team is not visible to the caller, the result is the same as if no key were bound to it.
    teamId: teamId === null || isTeamInScope(principal.keyScope, teamId) ? teamId : NO_TEAM,
    environment: params.environment ?? null,
    takeRateLimit: true,
    reportTo: reportTo(principal, organizationId),
    mayFail: () => ctx.failures.allowsFor(failedCaller(principal), ip),
    visible: (key) => isVisible(key.organizationId) && sharesTeam(principal.keyScope, key.teamIds),
    visibleKeys: () => ({
      organizationIds: organizationsOf(principal, organizationId),
      keyScope: principal.keyScope,
    }),
  });
  const limited = isFailure(code) ? countFailure(ctx, principal, ip) : null;
  if (limited) return limited;
  const valid = code === 'VALID';
  const [keyId, accepted] = [record?.keyId ?? null, valid ? record : null];
  return { valid, code, message, keyId, accepted, remaining, resetAt };
}

/** The organizations whose keys the caller can verify. Null: all. */
function organizationsOf(principal: Principal, named: string | null): readonly string[] | null {
  const all = 'organizationIds' in principal ? principal.organizationIds : null;
  const ids = named === null ? all : [named];
  return ids?.filter((id) => principal.can(id, PERMISSION)) ?? null;
}

async function measured(
  ctx: VerificationContext,
  door: VerificationDoor,
  request: VerificationRequest,
): Promise<Verdict> {
  const { measurements } = ctx;
  if (!measurements) return verifySecret(ctx, request);
  const begunAt = performance.now();
  let outcome: VerificationOutcome = 'failed';
  try {
    const verdict = await verifySecret(ctx, request);
    outcome = verdict.code === 'VALID' ? 'accepted' : 'denied';
    return verdict;
  } finally {
    measurements.verification(door, outcome, performance.now() - begunAt);
  }
}

/**
 * Counts a failure of the client's address, if provided, within a budget of the caller. Returns the result after too
 * many failures, otherwise null. The product's own back end has no budget, because it verifies for everyone.
 */
function countFailure(
  { failures }: VerificationContext,
  principal: Principal,
  ip: string | null,
): Verification | null {
  const caller = failedCaller(principal);
  if (caller.trusted && ip === null) return null;
  const { allowed, resetAt } = failures.countFor(caller, ip);
  if (allowed) return null;
  const nothing = { valid: false, keyId: null, accepted: null, remaining: 0 };
  return { ...nothing, code: 'RATE_LIMITED', message: TOO_MANY, resetAt };
}

function failedCaller({ actor, kind }: Principal): FailedCaller {
  return { actor, trusted: kind === 'operator' || kind === 'system' };
}

function readArguments(params: VerifyApiKeyInput) {
  const input = new Input();
  const permissions = readPermissions(input, 'permissions', params.permissions);
  const anyPermissions = readPermissions(input, 'anyPermissions', params.anyPermissions);
  const ip = presentedAddress(params.ip ?? '');
  if (ip === null && typeof params.ip === 'string')
    input.fault(
      ['input', 'ip'],
      'INVALID_FORMAT',
      'must be an IP address, such as 192.0.2.1, 192.0.2.1:4711 or [2001:db8::1]:443',
    );
  const teamId = params.teamId ?? null;
  if (teamId !== null && !isId('team', teamId))
    input.fault(['input', 'teamId'], 'INVALID_FORMAT', 'must be the ID of a team');
  input.checkArguments();
  return { permissions, anyPermissions, ip, teamId };
}

function readPermissions(
  input: Input,
  field: string,
  provided: readonly string[] | null | undefined,
): readonly string[] {
  const permissions = input.list(['input', field], provided, PERMISSIONS_MAX);
  permissions.forEach((permission, index) => {
    if (!isPermission(permission))
      input.fault(['input', field, String(index)], 'INVALID_FORMAT', 'must be the name of a permission');
  });
  return permissions;
}

/** The organization that receives denials of unknown keys: the named one or, if it is unique, the caller's. */
function reportTo(principal: Principal, named: string | null): string | null {
  if (named !== null) return principal.can(named, PERMISSION) ? named : null;
  if (principal.kind !== 'user' && principal.kind !== 'key') return null;
  const [first = null, ...others] = principal.organizationIds;
  return others.length > 0 ? null : first;
}
