import type { ExecutionResult } from 'graphql';
import { GraphQLError } from 'graphql';
import {
  AppError,
  EscalationError,
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
  RateLimitedError,
  UnavailableError,
  ValidationError,
} from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Measurements } from '../core/measurements.ts';
import { Refusal } from '../core/refusal.ts';
import { describeFault } from './request-fault.ts';

/** Where errors are logged and counted. */
export interface Report {
  readonly log: Log;
  readonly measurements?: Measurements | undefined;
}

/**
 * The result as the caller may see it: rejections with their code and details, request faults as they are, and
 * everything else masked with the request's id and logged with its cause.
 */
export function presentResult(
  result: ExecutionResult,
  request: { readonly id: string },
  report: Report,
): ExecutionResult {
  const { data, errors } = result;
  if (!errors) return result;
  // Yoga drops errors that look like aborts, and the message of an AggregateError without errors.
  if (errors.length === 0 && data === undefined)
    return { ...result, errors: [presentError(new Error('The operation has no result'), request, report)] };
  return { ...result, errors: errors.map((error) => presentError(error, request, report)) };
}

/** One error as shown to the caller. */
export function presentError(error: unknown, request: { readonly id: string }, report: Report): GraphQLError {
  const presented = describeError(error, request, report.log);
  report.measurements?.error(String(presented.extensions.code));
  return presented;
}

function describeError(error: unknown, request: { readonly id: string }, log: Log): GraphQLError {
  const cause = causeOf(error);
  if (cause instanceof UnavailableError && cause.cause)
    log.warn('A request could not be processed', { requestId: request.id, error: cause });
  if (cause instanceof AppError) return located(error, cause.message, { ...factsOf(cause) });
  const code = error instanceof GraphQLError ? faultCode(error, cause) : null;
  if (code) return located(error, describeFault(cause as GraphQLError), { code });
  log.error('A request failed', { requestId: request.id, error: cause });
  return located(error, 'Something went wrong on the server', {
    code: 'INTERNAL_SERVER_ERROR',
    requestId: request.id,
  });
}

/** The original error: GraphQL wraps errors to add their location. */
export function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

function located(error: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  const { nodes = null, source = null, positions = null, path = null } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}

/** The code of a fault that a library found in the request, or null if the fault is the server's. */
function faultCode(error: GraphQLError, cause: unknown): string | null {
  if (!(cause instanceof GraphQLError)) return null;
  const { code, unexpected } = cause.extensions;
  // How yoga wraps a thrown value that is not an error.
  if (unexpected === true) return null;
  if (code === 'BAD_USER_INPUT' || code === 'QUERY_TOO_COMPLEX') return code;
  // Found by parsing, validation or operation selection, before execution.
  if (!error.path) return 'BAD_REQUEST';
  // An argument error has a node in the document; an invalid value from a resolver does not.
  return cause.nodes?.length ? 'BAD_USER_INPUT' : null;
}

function factsOf(error: AppError): Record<string, unknown> {
  const { code } = error;
  if (error instanceof ValidationError) return { code: 'BAD_USER_INPUT', issues: error.issues };
  if (error instanceof ForbiddenError) return { code, permission: error.permission };
  if (error instanceof NotFoundError) return { code, id: error.id };
  if (error instanceof EscalationError)
    return { code, permissions: error.permissions, restrictions: error.restrictions };
  if (error instanceof LimitExceededError) return { code, limit: error.limit, current: error.current };
  if (error instanceof RateLimitedError || error instanceof UnavailableError)
    return { code, retryAfterSeconds: error.retryAfterSeconds };
  if (error instanceof Refusal && error.headers['Retry-After'])
    return { code, retryAfterSeconds: Number(error.headers['Retry-After']) };
  return { code };
}
