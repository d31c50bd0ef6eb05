import type { ExecutionResult } from 'graphql';
import type { MediaType } from './accept.ts';

/** Status and headers of an HTTP answer, beside those that every answer has. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface OperationFacts {
  /** The operation must be sent by POST. */
  readonly refusedMethod?: boolean;
  readonly isMutation?: boolean;
}

/** Codes of errors whose request is worth sending again later, with the status that tells clients and proxies so. */
const LATER: Readonly<Record<string, number>> = { RATE_LIMITED: 429, UNAVAILABLE: 503 };

/**
 * The head of the answer to a well-formed request. `result` is as the caller sees it. A request of which any part was answered keeps 200, so that no client repeats it as a whole.
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

/** In plain JSON a well-formed request is answered 200, whatever GraphQL says to it; the newer type's status tells. */
function plainStatus({ data }: ExecutionResult, isOurFault: boolean, mediaType: MediaType): number {
  if (data !== undefined) return 200;
  if (isOurFault) return 500;
  return mediaType === 'application/json' ? 200 : 400;
}

/**
 * Whether a client can send a failed operation again: no field has a value, and no mutation has got as far as the fields of
 * its payload.
 */
export function isRepeatable({ data, errors = [] }: ExecutionResult, isMutation: boolean): boolean {
  if (errors.length === 0 || Object.values(data ?? {}).some((value) => value !== null)) return false;
  return !isMutation || errors.every(({ path = [] }) => path.length <= 1);
}

/** The longest wait that these errors ask for, whole seconds, 1 at least. */
function waitOf(errors: NonNullable<ExecutionResult['errors']>, code: string): number {
  const waits = errors.map(({ extensions }) => (extensions.code === code ? extensions.retryAfterSeconds : 0));
  return Math.max(1, ...waits.map((wait) => Math.ceil(Number(wait) || 0)));
}
