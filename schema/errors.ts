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
  description: 'Why a mutation was refused',
  values: {
    VALIDATION_FAILED: { description: 'The input holds values that can’t be used' },
    NOT_FOUND: { description: 'No such object, or not one of yours' },
    CONFLICT: { description: 'The change doesn’t fit the present state' },
    LIMIT_EXCEEDED: { description: 'A limit of the organization would be passed' },
    ESCALATION: { description: 'The caller would grant what it does not hold' },
  },
});

const KeyRestriction = builder.enumType('KeyRestriction', {
  description: 'A restriction of an API key, which the keys that it creates or changes inherit',
  values: {
    ENVIRONMENT: { description: 'A key creates and changes keys of its own environment only' },
    EXPIRES_AT: {
      description:
        'No key may expire later than the calling key, or than its secret while that is being replaced',
    },
    IP_ALLOWLIST: { description: 'Addresses outside the calling key’s allowlist can’t be allowed' },
    RATE_LIMIT: { description: 'The rate limit can’t be looser than the calling key’s' },
    TEAMS: { description: 'The calling key is limited to its teams' },
    SELF: {
      description: 'A key can’t update itself, or rotate itself with a secret that is being replaced',
    },
  },
});

const ErrorInterface = builder.interfaceRef<AppError>('Error').implement({
  description: 'A refusal that a program can act upon',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What is wrong, for a person' }),
    code: t.field({
      type: ErrorCode,
      description: 'What is wrong, for a program',
      resolve: (error) => error.code as typeof ErrorCode.$inferType,
    }),
  }),
});

const ValidationIssue = builder.objectRef<Issue>('ValidationIssue').implement({
  description: 'One fault of an input',
  fields: (t) => ({
    path: t.stringList({
      description: 'Where it is: `["input", "ipAllowlist", "0"]`',
      resolve: (issue) => [...issue.path],
    }),
    message: t.exposeString('message', { description: 'What is wrong there' }),
  }),
});

builder.objectType(ValidationError, {
  name: 'ValidationError',
  description: 'The input holds values that can’t be used; nothing was changed',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [ValidationIssue],
      description: 'Every fault that was found',
      resolve: (error) => [...error.issues],
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'There is no such object, or it is another organization’s: the answer is the same',
  interfaces: [ErrorInterface],
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id that was asked for' }) }),
});

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description:
    'The change doesn’t fit the present state: the key is revoked already, the name is taken, the role is still in use',
  interfaces: [ErrorInterface],
});

builder.objectType(LimitExceededError, {
  name: 'LimitExceededError',
  description: 'The organization may not have more active keys',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    limit: t.exposeInt('limit', { description: 'How many there may be' }),
    current: t.exposeInt('current', { description: 'How many there are' }),
  }),
});

builder.objectType(EscalationError, {
  name: 'EscalationError',
  description: 'The caller asked to grant what it does not hold itself',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    permissions: t.field({
      type: ['Permission'],
      description: 'Permissions that the caller lacks',
      resolve: (error) => [...error.permissions],
    }),
    restrictions: t.field({
      type: [KeyRestriction],
      description: 'Restrictions of the calling API key that the request would exceed',
      resolve: (error) => [...error.restrictions],
    }),
  }),
});
