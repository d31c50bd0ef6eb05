import type { Clock } from '../core/clock.ts';
import type { RateLimitState } from '../core/rate-limit-state.ts';
import { mayBeImported } from '../keys/import/imported-forms.ts';
import { hashSecret, parseSecret, trimPresented } from '../keys/secret.ts';
import { firstRefusal, type Refusal, type Requirements } from './first-refusal.ts';
import type { KeyLookup, RateLimiter, UsageSink, VerifiableKey } from './services.ts';
import type { VerificationCode } from './verification-code.ts';

export { isFailure, type VerificationCode } from './verification-code.ts';

/** A verification request. */
export interface VerificationRequest extends Requirements {
  readonly secret: string;
  /** The client's address in normal form (`normalAddress`); null: unknown. */
  readonly ip: string | null;
  /** Whether it counts against the key's rate limit. */
  readonly takeRateLimit: boolean;
  /** The organization that receives denials of unknown keys; null: none. */
  readonly reportTo: string | null;
  /** Whether another failed attempt of the client is within its limit, so that password hashes are compared. */
  mayFail(): boolean;
  /** Whether this key is visible to the caller. */
  visible(key: Pick<VerifiableKey, 'organizationId' | 'teamIds'>): boolean;
  /** The same as a condition of queries: organizations and teams, null for all. Omitted: all keys. */
  visibleKeys?(): {
    readonly organizationIds: readonly string[] | null;
    readonly keyScope: readonly string[] | null;
  };
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

/** A verification under way: synchronous if nothing has to be awaited. */
export type Deciding = Verdict | Promise<Verdict>;

/** Secrets that are not stored by their SHA-256 hash. What is done with them depends on where the keys are. */
export interface OtherSecrets {
  /** Whether secrets in other formats than Keywright's own can exist. If not, none is looked up. */
  mayBeForeign(keys: KeyLookup): boolean | Promise<boolean>;
  /** Verifies a secret that is not stored by its SHA-256 hash. `foreign`: it has another format than Keywright's own. */
  verify(needs: Needs, request: VerificationRequest, secret: string, foreign: boolean): Deciding;
}

type Accepted = Parameters<UsageSink['accepted']>[0];
type Denied = Parameters<UsageSink['denied']>[0];
type Limit = Parameters<RateLimiter['take']>;

/** A UsageSink that also learns the hash by which the key was found; null: unknown. */
export interface OutcomeSink {
  accepted(use: Accepted & { readonly hash: string }): void;
  denied(denial: Denied & { readonly hash: string | null }): void;
}

/** A RateLimiter that also learns the hash by which the key was found. */
export interface VerificationLimiter {
  take(...limit: [...Limit, hash: string]): RateLimitState | Promise<RateLimitState>;
  peek(...limit: [...Limit, hash: string]): RateLimitState | Promise<RateLimitState>;
}

/** The services that verification uses. */
export interface Needs {
  readonly keys: KeyLookup;
  readonly clock: Clock;
  readonly usage: OutcomeSink;
  readonly limiter: VerificationLimiter;
  readonly imported: OtherSecrets;
}

const ACCEPTED: Refusal = ['VALID', 'The API key is valid'];
const RATE_LIMITED: Refusal = ['RATE_LIMITED', 'The API key has reached its rate limit'];

export const MALFORMED: Refusal = ['MALFORMED', 'Not a valid API key: the format or checksum is wrong'];
export const NOT_FOUND: Refusal = ['NOT_FOUND', 'No such API key'];

/**
 * Verifies a secret and records the use or denial. Secrets that can't exist need no query, and cached keys are verified
 * synchronously. Throws or rejects if it can't decide, and never accepts in that case.
 */
export function verifySecret(services: Needs, request: VerificationRequest): Deciding {
  // Trim here, so that a secret is treated the same by every interface.
  const secret = trimPresented(request.secret);
  if (parseSecret(secret)) return verifyPlain(services, request, secret, false);
  if (!mayBeImported(secret)) return refuseUnknown(services, request, MALFORMED);
  const verifyForeign = (possible: boolean): Deciding =>
    possible ? verifyPlain(services, request, secret, true) : refuseUnknown(services, request, MALFORMED);
  const possible = services.imported.mayBeForeign(services.keys);
  return typeof possible === 'boolean' ? verifyForeign(possible) : possible.then(verifyForeign);
}

/** Verifies the secret that is stored by its SHA-256 hash, or else in the host's way. */
function verifyPlain(
  services: Needs,
  request: VerificationRequest,
  secret: string,
  foreign: boolean,
): Deciding {
  return verifyBy(services, request, hashSecret(secret), () =>
    services.imported.verify(services, request, secret, foreign),
  );
}

/** Verifies the secret that is stored by this hash, or else by `otherwise`. */
export function verifyBy(
  services: Needs,
  request: VerificationRequest,
  hash: string,
  otherwise: () => Deciding,
): Deciding {
  return services.keys.withKey(hash, (key) => (key ? decide(services, request, hash, key) : otherwise()));
}

/** Decides on a known key. Must not wait between reading the key and deciding, because the key may change. */
function decide(services: Needs, request: VerificationRequest, hash: string, key: VerifiableKey): Deciding {
  if (!request.visible(key)) return refuseUnknown(services, request, NOT_FOUND);
  const now = services.clock.now();
  const { ip } = request;
  const refusal = firstRefusal(key, request, ip, now);
  if (!key.rateLimit) return recordOutcome(services, hash, key, refusal, null, now, ip);
  const taking = !refusal && request.takeRateLimit;
  const state = ask(services, hash, key.keyId, key.rateLimit, taking);
  if (!(state instanceof Promise)) {
    const limited = taking && !state.allowed ? RATE_LIMITED : refusal;
    return recordOutcome(services, hash, key, limited, state, now, ip);
  }
  return state.then((known) =>
    services.keys.withKey(hash, (again) => {
      if (!again || !request.visible(again)) return refuseUnknown(services, request, NOT_FOUND);
      const later = services.clock.now();
      const limited = taking && !known.allowed ? RATE_LIMITED : null;
      return recordOutcome(
        services,
        hash,
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
  hash: string,
  key: VerifiableKey,
  refusal: Refusal | null,
  state: RateLimitState | null,
  at: number,
  ip: string | null,
): Verdict {
  const { organizationId, keyId, secretId } = key;
  if (refusal) services.usage.denied({ organizationId, keyId, secretId, hash, code: refusal[0], at, ip });
  else services.usage.accepted({ organizationId, keyId, secretId, hash, at, ip });
  return verdict(refusal ?? ACCEPTED, key, state);
}

/** Denies a secret that no key is known for. */
export function refuseUnknown(services: Needs, request: VerificationRequest, refusal: Refusal): Verdict {
  const { reportTo, ip } = request;
  const at = services.clock.now();
  const unknown = { keyId: null, secretId: null, hash: null };
  services.usage.denied({ organizationId: reportTo, ...unknown, code: refusal[0], at, ip });
  return verdict(refusal, null, null);
}

function ask(
  { limiter }: Needs,
  hash: string,
  keyId: string,
  { limit, windowSeconds }: { limit: number; windowSeconds: number },
  taking: boolean,
): RateLimitState | Promise<RateLimitState> {
  return taking
    ? limiter.take(keyId, limit, windowSeconds, hash)
    : limiter.peek(keyId, limit, windowSeconds, hash);
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
