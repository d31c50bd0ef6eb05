import type { RateLimitState } from '../core/rate-limit-state.ts';
import { type ImportedForms, mayBeImported } from '../keys/import/imported-forms.ts';
import { hashSecret, parseSecret, trimPresented } from '../keys/secret.ts';
import { firstRefusal, type Refusal, type Requirements } from './first-refusal.ts';
import type { VerifiableKey, VerificationServices } from './services.ts';
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

const ACCEPTED: Refusal = ['VALID', 'The API key is valid'];
const MALFORMED: Refusal = ['MALFORMED', 'Not a valid API key: the format or checksum is wrong'];
const NOT_FOUND: Refusal = ['NOT_FOUND', 'No such API key'];
const RATE_LIMITED: Refusal = ['RATE_LIMITED', 'The API key has reached its rate limit'];

/** The services that verification uses. */
export type Needs = Pick<VerificationServices, 'keys' | 'clock' | 'usage' | 'limiter' | 'imported'>;

/**
 * Verifies a secret and records the use or denial. Secrets that can't exist need no query, and cached keys are verified
 * synchronously. Throws or rejects if it can't decide, and never accepts in that case.
 */
export function verifySecret(services: Needs, request: VerificationRequest): Verdict | Promise<Verdict> {
  // Trim here, so that a secret is treated the same by every interface.
  const secret = trimPresented(request.secret);
  const hash = hashSecret(secret);
  const otherForms = (forms: ImportedForms) => verifyOtherForms(services, request, secret, forms);
  if (parseSecret(secret)) return verifyBy(services, request, hash, () => withForms(services, otherForms));
  if (!mayBeImported(secret)) return refuseUnknown(services, request, MALFORMED);
  return withForms(services, (forms) =>
    forms.size === 0
      ? refuseUnknown(services, request, MALFORMED)
      : verifyBy(services, request, hash, () => otherForms(forms)),
  );
}

type Deciding = Verdict | Promise<Verdict>;

function withForms({ keys }: Needs, use: (forms: ImportedForms) => Deciding): Deciding {
  const forms = keys.importedForms();
  return forms instanceof Promise ? forms.then(use) : use(forms);
}

/** Verifies the secret that is stored by this hash, or else by `otherwise`. */
function verifyBy(
  services: Needs,
  request: VerificationRequest,
  hash: string,
  otherwise: () => Deciding,
): Deciding {
  return services.keys.withKey(hash, (key) => (key ? decide(services, request, hash, key) : otherwise()));
}

/** Verifies a secret that was imported by another hash than SHA-256, which replaces it once it was accepted. */
function verifyOtherForms(
  services: Needs,
  request: VerificationRequest,
  secret: string,
  forms: ImportedForms,
): Deciding {
  const { imported } = services;
  const notFound = () => refuseUnknown(services, request, NOT_FOUND);
  // Another request may have replaced the hash in the meantime.
  const again = () =>
    isOnlySha256(forms) ? notFound() : verifyBy(services, request, hashSecret(secret), notFound);
  const byHash = (hash: string, otherwise: () => Deciding): Deciding => {
    let found = false;
    const replaced = (verdict: Verdict): Verdict => {
      if (found && verdict.code === 'VALID') imported.replace(hash, secret);
      return verdict;
    };
    const deciding = services.keys.withKey(hash, (key) => {
      found = key !== null;
      return key ? decide(services, request, hash, key) : otherwise();
    });
    return deciding instanceof Promise ? deciding.then(replaced) : replaced(deciding);
  };
  const byPassword = (): Deciding => {
    const finding = imported.findPasswordHash(forms, secret, request);
    return finding?.then((hash) => (hash === null ? again() : byHash(hash, again))) ?? again();
  };
  const hashes = imported.lookupHashes(forms, secret);
  const verify = hashes.reduce<() => Deciding>((next, hash) => () => byHash(hash, next), byPassword);
  return verify();
}

function isOnlySha256(forms: ImportedForms): boolean {
  return forms.size === (forms.has('sha256') ? 1 : 0);
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
