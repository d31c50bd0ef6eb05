import type { ExecutionResult } from 'graphql';
import type { MediaType } from './accept.ts';

/** Status and headers of an HTTP answer, beside those that every answer has. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Codes of errors whose request is worth sending again later, with the status that tells clients and proxies so. */
const LATER: Readonly<Record<string, number>> = { RATE_LIMITED: 429, UNAVAILABLE: 503 };

/**
 * The head of the answer to a well-formed request. `result` is as the caller sees it; `refusedMethod`: the operation must
 * be sent by POST. A request of which any part was answered keeps 200, so that no client repeats it as a whole.
 */
export function responseHead(
  result: ExecutionResult,
  mediaType: MediaType,
  { refusedMethod = false }: { readonly refusedMethod?: boolean } = {},
): ResponseHead {
  const errors = result.errors ?? [];
  const has = (code: string): boolean => errors.some(({ extensions }) => extensions.code === code);
  if (has('UNAUTHENTICATED')) return { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } };
  if (refusedMethod) return { status: 405, headers: { Allow: 'POST' } };
  if (errors.length > 0 && isUnanswered(result)) {
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

/** Whether no field of the operation has a value. */
function isUnanswered({ data }: ExecutionResult): boolean {
  return Object.values(data ?? {}).every((value) => value === null);
}

/** The longest wait that these errors ask for, whole seconds, 1 at least. */
function waitOf(errors: NonNullable<ExecutionResult['errors']>, code: string): number {
  const waits = errors.map(({ extensions }) => (extensions.code === code ? extensions.retryAfterSeconds : 0));
  return Math.max(1, ...waits.map((wait) => Math.ceil(Number(wait) || 0)));
}
