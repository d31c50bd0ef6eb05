/** Every reason for which Keywright refuses something on purpose. The first five are data in a mutation's union. */
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
  | 'CURSOR_INVALID'
  | 'CURSOR_EXPIRED'
  | 'TOO_SLOW'
  | 'UNAVAILABLE';

/** A refusal whose message may be shown to the caller; anything else that is thrown is masked. */
export class AppError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** One fault in an input: where it is, from `input` down, and what is wrong. */
export interface Issue {
  readonly path: readonly string[];
  readonly message: string;
}

/** The input has the right types, but values that can't be used; `issues` holds every fault, never none. */
export class ValidationError extends AppError {
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    super('VALIDATION_FAILED', issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
    this.issues = issues;
  }
}

/** No such object, or one of another organization: callers can't tell which. */
export class NotFoundError extends AppError {
  readonly id: string;

  /** `by` is what the object was asked for by, where that is no id. */
  constructor(id: string, what = 'object', by = 'id') {
    super('NOT_FOUND', `There is no ${what} with this ${by}`);
    this.id = id;
  }
}

/** The change doesn't fit the present state. */
export class ConflictError extends AppError {
  constructor(message: string) {
    super('CONFLICT', message);
  }
}

/** A count would pass its limit; `current` is the count before the change. */
export class LimitExceededError extends AppError {
  readonly limit: number;
  readonly current: number;

  constructor(message: string, limit: number, current: number) {
    super('LIMIT_EXCEEDED', message);
    this.limit = limit;
    this.current = current;
  }
}

/** The caller would hand out permissions that it does not hold; `permissions` lists them. */
export class EscalationError extends AppError {
  readonly permissions: readonly string[];

  constructor(permissions: readonly string[], rule = "You can't grant what you do not hold") {
    super('ESCALATION', [rule, permissions.join(', ')].filter(Boolean).join(': '));
    this.permissions = permissions;
  }
}

/** The caller lacks `permission`. */
export class ForbiddenError extends AppError {
  readonly permission: string;

  constructor(permission: string) {
    super('FORBIDDEN', `This needs the permission ${permission}`);
    this.permission = permission;
  }
}

/** No credential, or one that is not accepted (any more); `invalidToken` tells the two apart (RFC 6750, 3.1). */
export class UnauthenticatedError extends AppError {
  readonly invalidToken: boolean;

  constructor(invalidToken = false) {
    super('UNAUTHENTICATED', invalidToken ? 'The credential is not accepted' : 'This needs a credential');
    this.invalidToken = invalidToken;
  }
}
