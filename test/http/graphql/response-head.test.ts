import { type ExecutionResult, GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import {
  AppError,
  RateLimitedError,
  UnauthenticatedError,
  UnavailableError,
} from '../../../src/core/errors.ts';
import { createLog } from '../../../src/core/log.ts';
import { presentResult } from '../../../src/graphql/graphql-errors.ts';
import type { MediaType } from '../../../src/http/graphql/accept.ts';
import { responseHead } from '../../../src/http/graphql/response-head.ts';

const JSON_TYPE = 'application/json';
const NEWER = 'application/graphql-response+json';
const log = createLog('silent');

function failed(...errors: readonly Error[]): ExecutionResult['errors'] {
  return errors.map((error) => new GraphQLError(error.message, { originalError: error }));
}

function headOf(result: ExecutionResult, mediaType: MediaType = JSON_TYPE, isMutation = false) {
  return responseHead(presentResult(result, { id: 'a request' }, { log }), mediaType, { isMutation });
}

test.each([
  [new RateLimitedError('Too much', 7), 429, '7'],
  [new UnavailableError('The database is gone'), 503, '1'],
  [new UnavailableError('The database is gone', 30), 503, '30'],
  [new AppError('UNAVAILABLE', 'The server is shutting down'), 503, '1'],
])('%s is answered %i with Retry-After %s where nothing ran', (error, status, wait) => {
  const head = { status, headers: { 'Retry-After': wait } };
  for (const mediaType of [JSON_TYPE, NEWER] as const)
    for (const data of [undefined, null, { createApiKey: null }])
      expect(
        headOf({ ...(data === undefined ? {} : { data }), errors: failed(error) ?? [] }, mediaType),
      ).toEqual(head);
});

test('what was answered in part is not to be repeated as a whole', () => {
  const data = { first: { secret: 'shown once' }, second: null };
  expect(headOf({ data, errors: failed(new UnavailableError('The disk is full')) ?? [] })).toEqual({
    status: 200,
    headers: {},
  });
});

test('a mutation that was executed in part does not ask for a credential', () => {
  const errors = failed(new UnauthenticatedError()) ?? [];
  const data = { signIn: { sessionToken: 'shown once' }, createApiKey: null };
  for (const mediaType of [JSON_TYPE, NEWER] as const) {
    expect(headOf({ data, errors }, mediaType, true)).toEqual({ status: 200, headers: {} });
    const nested = errors.map(
      (error) =>
        new GraphQLError(error.message, { originalError: error.originalError, path: ['signIn', 'user'] }),
    );
    expect(headOf({ data: { signIn: null }, errors: nested }, mediaType, true).status).toBe(200);
    for (const nothing of [undefined, null, { createApiKey: null }])
      expect(
        headOf({ ...(nothing === undefined ? {} : { data: nothing }), errors }, mediaType, true),
      ).toEqual({
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer' },
      });
    // A query can be repeated.
    expect(
      headOf({ data: { signInLink: { email: 'a@example.com' }, apiKeys: null }, errors }, mediaType).status,
    ).toBe(401);
  }
});

test('a missing credential outranks an outage, which outranks a masked error', () => {
  const both = failed(new UnavailableError('Gone', 3), new UnauthenticatedError()) ?? [];
  expect(headOf({ data: null, errors: both }).status).toBe(401);
  const masked = failed(new Error('a bug'), new UnavailableError('Gone', 3)) ?? [];
  expect(headOf({ errors: masked })).toEqual({ status: 503, headers: { 'Retry-After': '3' } });
});

test('a response that is too large is a fault of the request: 200 in plain JSON, 400 in the newer type', () => {
  const errors = failed(new AppError('RESPONSE_TOO_LARGE', 'The response is too large')) ?? [];
  expect([headOf({ errors }).status, headOf({ errors }, NEWER).status]).toEqual([200, 400]);
});

test('the wait is part of the error, for transports without headers', () => {
  const { errors } = presentResult(
    { errors: failed(new RateLimitedError('Too much', 7)) ?? [] },
    { id: '' },
    { log },
  );
  expect(errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds: 7 });
});
