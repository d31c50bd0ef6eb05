/** Codes of expected errors. The first five are returned as members of a mutation's union. */
export type ErrorCode =
  | 'VALIDATION_FAILED'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'LIMIT_EXCEEDED'
  | 'ESCALATION'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_REQUEST'
  | 'BAD_USER_INPUT'
  | 'PERSISTED_QUERY_ID_REQUIRED'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  | 'QUERY_TOO_COMPLEX'
  | 'CURSOR_INVALID'
  | 'CURSOR_EXPIRED'
  | 'TOO_SLOW'
  | 'RATE_LIMITED'
  | 'RESPONSE_TOO_LARGE'
  | 'UNAVAILABLE';

/** A restriction of an API key that it can't loosen in the keys it creates or changes. */
export type KeyRestriction = 'ENVIRONMENT' | 'EXPIRES_AT' | 'IP_ALLOWLIST' | 'RATE_LIMIT' | 'TEAMS' | 'SELF';

/** An error whose message may be shown to the caller. All other errors are masked. */
export class AppError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** What is wrong with a value of an input. */
export type IssueCode =
  | 'REQUIRED'
  | 'TOO_SHORT'
  | 'TOO_LONG'
  | 'TOO_MANY'
  | 'TOO_DEEP'
  | 'OUT_OF_RANGE'
  | 'INVALID_FORMAT'
  | 'INVALID_CHARACTERS'
  | 'DUPLICATE'
  | 'RESERVED'
  | 'UNKNOWN';

/** A fault in an input: its path, starting at `input`, a code and a message. */
export interface Issue {
  readonly path: readonly string[];
  readonly code: IssueCode;
  readonly message: string;
}

/** The input contains invalid values. `issues` lists all of them and is never empty. */
export class ValidationError extends AppError {
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    super('VALIDATION_FAILED', issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
    this.issues = issues;
  }
}

/** Maximum length of an id repeated in an error, in characters. No valid id is longer. */
const ID_MAX = 200;

/** The object doesn't exist or belongs to another organization. Callers can't tell which. */
export class NotFoundError extends AppError {
  readonly id: string;

  /** `by` is what the object was looked up by, if not its ID. */
  constructor(id: string, what = 'object', by = 'ID') {
    super('NOT_FOUND', `No ${what} found with this ${by}`);
    this.id = id.slice(0, ID_MAX);
  }
}

/** What a change conflicts with. */
export type ConflictReason =
  | 'REVOKED'
  | 'NAME_TAKEN'
  | 'IN_USE'
  | 'LAST_OWNER'
  | 'EXPIRED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'OTHER';

/** The change conflicts with the current state. */
export class ConflictError extends AppError {
  readonly reason: ConflictReason;

  constructor(reason: ConflictReason, message: string) {
    super('CONFLICT', message);
    this.reason = reason;
  }
}

/** A limit would be exceeded. `current` is the count before the change. */
export class LimitExceededError extends AppError {
  readonly limit: number;
  readonly current: number;

  constructor(message: string, limit: number, current: number) {
    super('LIMIT_EXCEEDED', message);
    this.limit = limit;
    this.current = current;
  }
}

/**
 * The caller would grant permissions it doesn't have, or exceed its own key's restrictions. `permissions` and
 * `restrictions` list them; either may be empty.
 */
export class EscalationError extends AppError {
  readonly permissions: readonly string[];
  readonly restrictions: readonly KeyRestriction[];

  constructor(
    permissions: readonly string[],
    rule = "You can't grant permissions you don't have",
    restrictions: readonly KeyRestriction[] = [],
  ) {
    super('ESCALATION', [rule, [...permissions, ...restrictions].join(', ')].filter(Boolean).join(': '));
    this.permissions = permissions;
    this.restrictions = restrictions;
  }
}

/** The database is unreachable or was locked for too long: HTTP 503 with `Retry-After`. Nothing was changed. */
export class UnavailableError extends AppError {
  /** Seconds after which a retry makes sense, at least 1. */
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds = 1, options?: ErrorOptions) {
    super('UNAVAILABLE', message, options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The database became unavailable while a change was committed: the change may have taken effect. */
export class UnknownOutcomeError extends UnavailableError {}

/** A rate or concurrency limit is exhausted: HTTP 429 with `Retry-After`. Nothing ran. */
export class RateLimitedError extends AppError {
  /** Seconds until a retry can succeed, at least 1. */
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super('RATE_LIMITED', message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The caller lacks `permission`, or is an API key whose teams don't let it use the permission. */
export class ForbiddenError extends AppError {
  readonly permission: string;

  constructor(permission: string, message = `The permission ${permission} is required`) {
    super('FORBIDDEN', message);
    this.permission = permission;
  }
}

/** The credential is missing, or invalid if `invalidToken` is set (RFC 6750, 3.1). */
export class UnauthenticatedError extends AppError {
  readonly invalidToken: boolean;

  constructor(invalidToken = false) {
    super('UNAUTHENTICATED', invalidToken ? 'The credential is not valid' : 'Authentication is required');
    this.invalidToken = invalidToken;
  }
}
