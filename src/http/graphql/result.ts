import type { ExecutionResult, GraphQLError } from 'graphql';
import { type FetchAPI, isAsyncIterable } from 'graphql-yoga';
import { UnknownOutcomeError } from '../../core/errors.ts';
import { Refusal } from '../../core/refusal.ts';
import { COST_MAX } from '../../graphql/cost/query-cost.ts';
import { causeOf, presentResult } from '../../graphql/graphql-errors.ts';
import { hasStatus } from '../../graphql/request-fault.ts';
import { allHeaders } from '../exchange.ts';
import { COMPLETE_EVENT, EVENT_STREAM, nextEvent } from './event-format.ts';
import type { HttpContext, HttpPlugin } from './http-context.ts';
import { isRepeatable, type ResponseHead, responseHead } from './response-head.ts';

/** Longer texts are encoded before they are sent, characters: in a buffer, pending data is counted in bytes. */
const BUFFERED_FROM = 65_536;

/** Statuses of event streams that clients retry. With others, they would repeat a mutation that has an error. */
const STREAM_STATUSES: readonly number[] = [401, 429, 503];

/**
 * Sends single results as the caller may see them: as JSON, with the status and headers that their errors require, or as an
 * event stream.
 */
export function useSingleResult(): HttpPlugin {
  return {
    onResultProcess({ result, serverContext, setResultProcessor }) {
      if (Array.isArray(result) || isAsyncIterable(result)) return;
      setResultProcessor(
        (result, fetchAPI) => respondWith(result as ExecutionResult, serverContext, fetchAPI),
        serverContext.mediaType ?? EVENT_STREAM,
      );
    },
  };
}

function respondWith(result: ExecutionResult, context: HttpContext, { Response }: FetchAPI): Response {
  const { exchange } = context;
  const shown = withCost(presentResult(result, exchange, context), context);
  const { status, headers, type } = headOf(result, shown, context);
  const json = JSON.stringify(shown);
  const text = type === EVENT_STREAM ? `${nextEvent(json)}${COMPLETE_EVENT}` : json;
  const body = text.length > BUFFERED_FROM ? Buffer.from(text) : text;
  const all = allHeaders(exchange, headers);
  // With lower-case names, the Response finds these two without creating a map of all headers.
  all['content-type'] = `${type}; charset=utf-8`;
  all['content-length'] = String(Buffer.byteLength(body));
  // Responses contain data that only the caller may see, sometimes a secret.
  all['Cache-Control'] = 'no-store';
  const response = new Response(body, { status, headers: all });
  context.sent = { response, body };
  return response;
}

function headOf(
  { errors = [] }: ExecutionResult,
  shown: ExecutionResult,
  { mediaType, admitted }: HttpContext,
): ResponseHead & { readonly type: string } {
  const type = mediaType ?? 'application/json';
  const refusal = errors.length === 1 ? thrownRefusal(errors[0]) : null;
  const refusedMethod = errors.some((error) => hasStatus(error.extensions.http, 405));
  const isMutation = admitted?.operation.operation === 'mutation';
  const head = refusal ?? responseHead(shown, type, { refusedMethod, isMutation });
  const { status, headers } = head;
  const isUnknown = errors.some((error) => causeOf(error) instanceof UnknownOutcomeError);
  const isRetried = STREAM_STATUSES.includes(status) && isRepeatable(shown, isMutation) && !isUnknown;
  if (mediaType || isRetried) return { status, headers, type };
  return { status: 200, headers, type: EVENT_STREAM };
}

/** The refusal that prevented the operation. One thrown by a resolver is an error of its field. */
function thrownRefusal(error: GraphQLError | undefined): Refusal | null {
  return error && !error.path && error.originalError instanceof Refusal ? error.originalError : null;
}

/** Adds the cost of the operation, if the client requests it. */
function withCost(result: ExecutionResult, { priced }: HttpContext): ExecutionResult {
  if (!priced) return result;
  const { cost, charged, remaining } = priced;
  const reported = { requested: cost, limit: COST_MAX, charged, remaining };
  return { ...result, extensions: { ...result.extensions, cost: reported } };
}
