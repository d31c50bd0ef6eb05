import { covers, missing } from '../access/permissions.ts';
import { isInNetworks } from '../core/ip.ts';
import type { RateLimitState } from '../core/rate-limit-state.ts';
import { type ImportedForms, mayBeImported } from '../keys/import/imported-forms.ts';
import { type Digest, digestOf } from '../keys/import/stored-hash.ts';
import { type Environment, parseSecret, trimPresented } from '../keys/secret.ts';
import type { VerifiableKey, VerificationServices } from './services.ts';

/** Outcome of a verification: VALID, or the first reason for denial that applies, in this order. */
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

const FAILURES: ReadonlySet<VerificationCode> = new Set([
  'MALFORMED',
  'NOT_FOUND',
  'REVOKED',
  'DISABLED',
  'EXPIRED',
]);

/** Whether the secret itself is invalid, which counts as a failed attempt. */
export function isFailure(code: VerificationCode): boolean {
  return FAILURES.has(code);
}

/** A verification request. */
export interface VerificationRequest {
  readonly secret: string;
  /** Required permissions, all of them. */
  readonly permissions: readonly string[];
  /** Alternative permissions: the key must have at least one of them, unless the list is empty. */
  readonly anyPermissions: readonly string[];
  /** The client's address in normal form (`normalAddress`); null: unknown. */
  readonly ip: string | null;
  /** The key must be bound to this team or to no team. */
  readonly teamId: string | null;
  readonly environment: Environment | null;
  /** Whether it counts against the key's rate limit. */
  readonly takeRateLimit: boolean;
  /** The organization that receives denials of unknown keys; null: none. */
  readonly reportTo: string | null;
  /** Whether this key is visible to the caller. */
  visible(key: Pick<VerifiableKey, 'organizationId' | 'teamIds'>): boolean;
}

/** Result of a verification. */
export interface Verdict {
  readonly code: VerificationCode;
  /** Explanation for operators. Contains no part of the secret. */
  readonly message: string;
  /** The key, also if it is denied. Null if it is unknown or not visible to the caller. */
  readonly record: VerifiableKey | null;
  /** Accepted verifications left in the window; null without a limit. */
  readonly remaining: number | null;
  /** When the window ends, milliseconds since the epoch; null without a limit. */
  readonly resetAt: number | null;
}

type Refusal = readonly [code: VerificationCode, message: string];

const ACCEPTED: Refusal = ['VALID', 'The API key is valid'];
const MALFORMED: Refusal = ['MALFORMED', 'Not a valid API key: the format or checksum is wrong'];
const NOT_FOUND: Refusal = ['NOT_FOUND', 'No such API key'];
const RATE_LIMITED: Refusal = ['RATE_LIMITED', 'The API key has reached its rate limit'];

/** Digests of imported secrets that have not been accepted yet. */
const OTHER_DIGESTS: readonly Digest[] = ['sha384', 'sha512'];

type Needs = Pick<VerificationServices, 'keys' | 'clock' | 'usage' | 'limiter'>;

/**
 * Verifies a secret and records the use or denial. Secrets that can't exist need no query, and cached keys are verified
 * synchronously. Throws or rejects if it can't decide, and never accepts in that case.
 */
export function verifySecret(services: Needs, request: VerificationRequest): Verdict | Promise<Verdict> {
  // Trim here, so that a secret is treated the same by every interface.
  const secret = trimPresented(request.secret);
  const imported = (forms: ImportedForms) => verifyImported(services, request, secret, forms);
  if (parseSecret(secret))
    return verifyBy(services, request, secret, 'sha256', () => withForms(services, imported));
  if (!mayBeImported(secret)) return refuseUnknown(services, request, MALFORMED);
  return withForms(services, (forms) =>
    forms.size === 0
      ? refuseUnknown(services, request, MALFORMED)
      : verifyBy(services, request, secret, 'sha256', () => imported(forms)),
  );
}

function withForms(
  { keys }: Needs,
  use: (forms: ImportedForms) => Verdict | Promise<Verdict>,
): Verdict | Promise<Verdict> {
  const forms = keys.importedForms();
  return forms instanceof Promise ? forms.then(use) : use(forms);
}

/** Verifies a secret by one of its digests, or by `otherwise` if no secret has this digest. */
function verifyBy(
  services: Needs,
  request: VerificationRequest,
  secret: string,
  digest: Digest,
  otherwise: () => Verdict | Promise<Verdict>,
): Verdict | Promise<Verdict> {
  const hash = digestOf(digest, secret);
  return services.keys.withKey(hash, (key) => (key ? decide(services, request, hash, key) : otherwise()));
}

/** Verifies a secret by the forms in which others than SHA-256 digests were imported. */
function verifyImported(
  services: Needs,
  request: VerificationRequest,
  secret: string,
  forms: ImportedForms,
): Verdict | Promise<Verdict> {
  const digests = OTHER_DIGESTS.filter((digest) => forms.has(digest));
  const verify = digests.reduceRight<() => Verdict | Promise<Verdict>>(
    (otherwise, digest) => () => verifyBy(services, request, secret, digest, otherwise),
    () => refuseUnknown(services, request, NOT_FOUND),
  );
  return verify();
}

/** Decides on a known key. Must not wait between reading the key and deciding, because the key may change. */
function decide(
  services: Needs,
  request: VerificationRequest,
  hash: string,
  key: VerifiableKey,
): Verdict | Promise<Verdict> {
  if (!request.visible(key)) return refuseUnknown(services, request, NOT_FOUND);
  const now = services.clock.now();
  const { ip } = request;
  const refusal = firstRefusal(key, request, ip, now);
  if (!key.rateLimit) return recordOutcome(services, key, refusal, null, now, ip);
  const taking = !refusal && request.takeRateLimit;
  const state = ask(services, key.keyId, key.rateLimit, taking);
  if (!(state instanceof Promise)) {
    const limited = taking && !state.allowed ? RATE_LIMITED : refusal;
    return recordOutcome(services, key, limited, state, now, ip);
  }
  return state.then((known) =>
    services.keys.withKey(hash, (again) => {
      if (!again || !request.visible(again)) return refuseUnknown(services, request, NOT_FOUND);
      const later = services.clock.now();
      const limited = taking && !known.allowed ? RATE_LIMITED : null;
      return recordOutcome(
        services,
        again,
        firstRefusal(again, request, ip, later) ?? limited,
        known,
        later,
        ip,
      );
    }),
  );
}

function recordOutcome(
  services: Needs,
  key: VerifiableKey,
  refusal: Refusal | null,
  state: RateLimitState | null,
  at: number,
  ip: string | null,
): Verdict {
  const { organizationId, keyId, secretId } = key;
  if (refusal) services.usage.denied({ organizationId, keyId, code: refusal[0], at, ip });
  else services.usage.accepted({ organizationId, keyId, secretId, at, ip });
  return verdict(refusal ?? ACCEPTED, key, state);
}

function refuseUnknown(services: Needs, request: VerificationRequest, refusal: Refusal): Verdict {
  const { reportTo, ip } = request;
  const at = services.clock.now();
  services.usage.denied({ organizationId: reportTo, keyId: null, code: refusal[0], at, ip });
  return verdict(refusal, null, null);
}

/** The checks in order, up to the rate limit, which counts when it is checked. */
export function firstRefusal(
  key: VerifiableKey,
  request: Pick<VerificationRequest, 'permissions' | 'anyPermissions' | 'teamId' | 'environment'>,
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

function ask(
  { limiter }: Pick<VerificationServices, 'limiter'>,
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
