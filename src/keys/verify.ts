import { missing } from '../access/permissions.ts';
import type { RateLimitState, Services } from '../context.ts';
import { isInNetworks, parseAddress } from '../core/ip.ts';
import { findByHash, type VerifiableKey } from './find-by-hash.ts';
import { type Environment, hashSecret, parseSecret } from './secret.ts';

/** The outcome of a verification: VALID, or the first of the others that applies, in the order of this list. */
export type VerificationCode =
  | 'VALID'
  | 'MALFORMED'
  | 'NOT_FOUND'
  | 'REVOKED'
  | 'DISABLED'
  | 'EXPIRED'
  | 'IP_NOT_ALLOWED'
  | 'TEAM_NOT_ALLOWED'
  | 'WRONG_ENVIRONMENT'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'RATE_LIMITED';

/** What was presented, by whom, and what for. */
export interface VerificationRequest {
  readonly secret: string;
  /** All must be held. */
  readonly permissions: readonly string[];
  /** The client's address; null: not known. */
  readonly ip: string | null;
  /** The key must be bound to this team, or to none. */
  readonly teamId: string | null;
  readonly environment: Environment | null;
  /** Whether it counts against the key's rate limit. */
  readonly takeRateLimit: boolean;
  /** The organization that denials of unknown keys are told to; null: none. */
  readonly askedBy: string | null;
  /** Whether keys of this organization exist for who is asking. */
  visible(organizationId: string): boolean;
}

/** What verification came to. */
export interface Verdict {
  readonly code: VerificationCode;
  /** What an operator needs to know, without any part of the secret. */
  readonly message: string;
  /** The key, also where it is refused; null where there is none for who is asking. */
  readonly record: VerifiableKey | null;
  /** Accepted verifications left in the window; null without a limit. */
  readonly remaining: number | null;
  /** When the window ends, milliseconds since the epoch; null without a limit. */
  readonly resetAt: number | null;
}

type Refusal = readonly [code: VerificationCode, message: string];

const ACCEPTED: Refusal = ['VALID', 'The key is accepted'];
const MALFORMED: Refusal = ['MALFORMED', 'This is no API key: its form or its checksum is wrong'];
const NOT_FOUND: Refusal = ['NOT_FOUND', 'There is no such key'];
const RATE_LIMITED: Refusal = ['RATE_LIMITED', 'The key was accepted as often as its rate limit allows'];

/**
 * Says whether a secret is accepted, and notes the use or the denial. Writes nothing, and asks the database nothing
 * where the secret can't be one. Rejects where it can't decide; never accepts then.
 */
export async function verifySecret(
  services: Pick<Services, 'db' | 'clock' | 'usage' | 'limiter'>,
  request: VerificationRequest,
): Promise<Verdict> {
  const address = request.ip === null ? null : parseAddress(request.ip);
  const ip = address?.toString() ?? null;
  const found = parseSecret(request.secret)
    ? await findByHash(services.db, hashSecret(request.secret))
    : undefined;
  const now = services.clock.now();
  const record = found && request.visible(found.organizationId) ? found : null;
  if (!record) {
    const refusal = found === undefined ? MALFORMED : NOT_FOUND;
    const denial = { organizationId: request.askedBy, keyId: null, code: refusal[0], at: now, ip };
    services.usage.denied(denial);
    return verdict(refusal, null, null);
  }
  const { keyId, secretId, organizationId, rateLimit } = record;
  const refusal = firstRefusal(record, request, ip, now);
  const taking = !refusal && request.takeRateLimit;
  const state = rateLimit && (await ask(services, keyId, rateLimit, taking));
  const outcome = refusal ?? (taking && state?.allowed === false ? RATE_LIMITED : ACCEPTED);
  if (outcome === ACCEPTED) services.usage.accepted({ organizationId, keyId, secretId, at: now, ip });
  else services.usage.denied({ organizationId, keyId, code: outcome[0], at: now, ip });
  return verdict(outcome, record, state);
}

/** The checks in their order, up to the one whose answer changes by asking. */
export function firstRefusal(
  key: VerifiableKey,
  request: Pick<VerificationRequest, 'permissions' | 'teamId' | 'environment'>,
  ip: string | null,
  now: number,
): Refusal | null {
  if (key.revoked) return ['REVOKED', 'The key, or this secret of it, was revoked'];
  if (!key.enabled) return ['DISABLED', 'The key is disabled'];
  if (key.expiresAt <= now) return ['EXPIRED', 'The key, or this secret of it, has expired'];
  if (key.allowlist.length > 0) {
    if (ip === null) return ['IP_NOT_ALLOWED', 'The key has an allowlist, and no client address was given'];
    if (!isInNetworks(ip, key.allowlist))
      return ['IP_NOT_ALLOWED', `The address ${ip} is not in the key's allowlist`];
  }
  if (request.teamId !== null && key.teamIds.length > 0 && !key.teamIds.includes(request.teamId))
    return ['TEAM_NOT_ALLOWED', 'The key is bound to other teams'];
  if (request.environment !== null && key.environment !== request.environment)
    return ['WRONG_ENVIRONMENT', `The key is of the environment ${key.environment}`];
  const lacking = missing(key.permissions, request.permissions);
  if (lacking.length > 0) return ['INSUFFICIENT_PERMISSIONS', `The key lacks ${lacking.join(', ')}`];
  return null;
}

function ask(
  { limiter }: Pick<Services, 'limiter'>,
  keyId: string,
  { limit, windowSeconds }: { limit: number; windowSeconds: number },
  taking: boolean,
): RateLimitState | Promise<RateLimitState> {
  return taking ? limiter.take(keyId, limit, windowSeconds) : limiter.peek(keyId, limit, windowSeconds);
}

function verdict(
  [code, message]: Refusal,
  record: VerifiableKey | null,
  state: RateLimitState | null,
): Verdict {
  return {
    code,
    message,
    record,
    remaining: state?.remaining ?? null,
    resetAt: state?.resetAt ?? null,
  };
}
