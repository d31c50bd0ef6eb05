import {
  type AppError,
  ConflictError,
  EscalationError,
  type Issue,
  LimitExceededError,
  NotFoundError,
  ValidationError,
} from '../src/core/errors.ts';
import { builder } from './builder.ts';

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'Reason why a mutation was rejected',
  values: {
    VALIDATION_FAILED: { description: 'The input contains invalid values' },
    NOT_FOUND: { description: 'The object doesn’t exist or you can’t access it' },
    CONFLICT: { description: 'The change conflicts with the current state' },
    LIMIT_EXCEEDED: { description: 'The change would exceed a limit of the organization' },
    ESCALATION: { description: 'The caller would grant permissions it doesn’t have' },
  },
});

const ConflictReason = builder.enumType('ConflictReason', {
  description: 'What a change conflicts with',
  values: {
    REVOKED: { description: 'The key is revoked. Revoking a key or secret again is not a conflict' },
    NAME_TAKEN: { description: 'Another object has this name or slug' },
    IN_USE: { description: 'API keys or members use the object' },
    LAST_OWNER: { description: 'The organization would be left without an owner' },
    EXPIRED: { description: 'The key or secret has expired' },
    IDEMPOTENCY_KEY_REUSED: {
      description: 'The idempotency key was used for another mutation, or with another input',
    },
    OTHER: { description: 'Another conflict, described by the message' },
  },
});

const KeyRestriction = builder.enumType('KeyRestriction', {
  description: 'A restriction of an API key that also applies to the keys it creates or changes',
  values: {
    ENVIRONMENT: { description: 'The calling key can only create and change keys in its own environment' },
    EXPIRES_AT: {
      description:
        'No key may expire later than the calling key, or than the secret it uses if that is being replaced',
    },
    IP_ALLOWLIST: { description: 'Networks outside the calling key’s IP allowlist can’t be allowed' },
    RATE_LIMIT: { description: 'The rate limit can’t be higher than the calling key’s' },
    TEAMS: { description: 'The calling key is limited to the teams it is bound to' },
    SELF: {
      description: 'A key can’t update itself, or rotate itself with a secret that is being replaced',
    },
  },
});

const ErrorInterface = builder.interfaceRef<AppError>('Error').implement({
  description: 'An expected error of a mutation',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'Human-readable message' }),
    code: t.field({
      type: ErrorCode,
      description: 'Machine-readable code',
      resolve: (error) => error.code as typeof ErrorCode.$inferType,
    }),
  }),
});

const ValidationIssueCode = builder.enumType('ValidationIssueCode', {
  description: 'What is wrong with a value of the input. Clients should handle codes that are added later',
  values: {
    REQUIRED: { description: 'The value is missing, null or empty' },
    TOO_SHORT: { description: 'The text is too short' },
    TOO_LONG: { description: 'The text or JSON is too long' },
    TOO_MANY: { description: 'The list or object has too many entries' },
    TOO_DEEP: { description: 'The JSON is nested too deeply' },
    OUT_OF_RANGE: { description: 'The number or time is outside its range, or not a whole number' },
    INVALID_FORMAT: { description: 'The value doesn’t have the required format' },
    INVALID_CHARACTERS: {
      description: 'The text contains control characters, hidden characters or malformed Unicode',
    },
    DUPLICATE: { description: 'The input contains the value twice, or another object has it' },
    RESERVED: { description: 'The value is reserved for Keywright, or resembles one that is' },
    UNKNOWN: {
      description:
        'The organization has not defined the value, for example a permission that is missing from its catalog',
    },
  },
});

const ValidationIssue = builder.objectRef<Issue>('ValidationIssue').implement({
  description: 'A problem with one value of the input',
  fields: (t) => ({
    path: t.stringList({
      description: 'Path of the value, for example `["input", "ipAllowlist", "0"]`',
      resolve: (issue) => [...issue.path],
    }),
    code: t.expose('code', { type: ValidationIssueCode, description: 'Machine-readable code' }),
    message: t.exposeString('message', { description: 'Human-readable message' }),
  }),
});

builder.objectType(ValidationError, {
  name: 'ValidationError',
  description: 'The input contains invalid values. Nothing was changed',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [ValidationIssue],
      description: 'All problems that were found',
      resolve: (error) => [...error.issues],
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description:
    'The object doesn’t exist or belongs to another organization. The error is the same in both cases',
  interfaces: [ErrorInterface],
  fields: (t) => ({ id: t.exposeID('id', { description: 'ID from the request' }) }),
});

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description:
    'The change conflicts with the current state: for example, the key is revoked, the name is taken, or the role is still in use',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    reason: t.expose('reason', { type: ConflictReason, description: 'What the change conflicts with' }),
  }),
});

builder.objectType(LimitExceededError, {
  name: 'LimitExceededError',
  description: 'The organization has reached its limit of active API keys',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    limit: t.exposeInt('limit', { description: 'Maximum number of active keys' }),
    current: t.exposeInt('current', { description: 'Current number of active keys' }),
  }),
});

builder.objectType(EscalationError, {
  name: 'EscalationError',
  description: 'The caller tried to grant permissions it doesn’t have, or to exceed its own restrictions',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    permissions: t.field({
      type: ['Permission'],
      description: 'Permissions that the caller lacks',
      resolve: (error) => [...error.permissions],
    }),
    restrictions: t.field({
      type: [KeyRestriction],
      description: 'Restrictions of the calling API key that the request exceeds',
      resolve: (error) => [...error.restrictions],
    }),
  }),
});
