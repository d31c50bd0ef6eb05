import type { ExecutionResult } from 'graphql';
import type { MediaType } from './accept.ts';

/** Status and headers of a response, in addition to those of every response. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface OperationFacts {
  /** The operation must be sent by POST. */
  readonly refusedMethod?: boolean;
  readonly isMutation?: boolean;
}

/** Codes of temporary errors, with the status that tells clients and proxies to retry. */
const LATER: Readonly<Record<string, number>> = { RATE_LIMITED: 429, UNAVAILABLE: 503 };

/**
 * The head of the response to a well-formed request. `result` is as the caller sees it. If any part of a request was
 * executed, the status is 200, so that no client repeats the whole request.
 */
export function responseHead(
  result: ExecutionResult,
  mediaType: MediaType,
  { refusedMethod = false, isMutation = false }: OperationFacts = {},
): ResponseHead {
  const errors = result.errors ?? [];
  const has = (code: string): boolean => errors.some(({ extensions }) => extensions.code === code);
  const repeatable = isRepeatable(result, isMutation);
  // 401 means that nothing was executed (RFC 9110, 15.5.2); clients discard its data, and authenticate and repeat the request.
  if (has('UNAUTHENTICATED') && (repeatable || !isMutation))
    return { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } };
  if (refusedMethod) return { status: 405, headers: { Allow: 'POST' } };
  if (repeatable) {
    for (const [code, status] of Object.entries(LATER))
      if (has(code)) return { status, headers: { 'Retry-After': String(waitOf(errors, code)) } };
  }
  return { status: plainStatus(result, has('INTERNAL_SERVER_ERROR'), mediaType), headers: {} };
}

/**
 * In plain JSON, the status of a well-formed request is 200, even if it has errors. The newer media type has a status
 * of its own.
 */
function plainStatus({ data }: ExecutionResult, isOurFault: boolean, mediaType: MediaType): number {
  if (data !== undefined) return 200;
  if (isOurFault) return 500;
  return mediaType === 'application/json' ? 200 : 400;
}

/**
 * Whether a client can safely retry a failed operation: no field has a value, and no mutation was executed far enough
 * to resolve its payload.
 */
export function isRepeatable({ data, errors = [] }: ExecutionResult, isMutation: boolean): boolean {
  if (errors.length === 0 || Object.values(data ?? {}).some((value) => value !== null)) return false;
  return !isMutation || errors.every(({ path = [] }) => path.length <= 1);
}

/** The longest retry delay of these errors, whole seconds, at least 1. */
function waitOf(errors: NonNullable<ExecutionResult['errors']>, code: string): number {
  const waits = errors.map(({ extensions }) => (extensions.code === code ? extensions.retryAfterSeconds : 0));
  return Math.max(1, ...waits.map((wait) => Math.ceil(Number(wait) || 0)));
}
