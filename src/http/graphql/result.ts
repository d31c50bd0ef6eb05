import type { ExecutionResult, GraphQLError } from 'graphql';
import { type FetchAPI, isAsyncIterable } from 'graphql-yoga';
import { Refusal } from '../../core/refusal.ts';
import { COST_MAX } from '../../graphql/cost/query-cost.ts';
import { presentResult } from '../../graphql/graphql-errors.ts';
import { hasStatus } from '../../graphql/request-fault.ts';
import { allHeaders } from '../exchange.ts';
import type { HttpContext, HttpPlugin } from './http-context.ts';
import { responseHead } from './response-head.ts';

/** Longer texts are encoded before they are sent, characters: as a buffer what waits for the client is counted in bytes. */
const BUFFERED_FROM = 65_536;

/** Sends results as JSON, with the status and headers that their errors ask for, and errors as the caller may see them. */
export function useJsonResult(): HttpPlugin {
  return {
    onResultProcess({ result, serverContext, setResultProcessor }) {
      if (Array.isArray(result) || isAsyncIterable(result)) return;
      setResultProcessor(
        (given, fetchAPI) => respondWith(given as ExecutionResult, serverContext, fetchAPI),
        serverContext.mediaType,
      );
    },
  };
}

function respondWith(result: ExecutionResult, context: HttpContext, { Response }: FetchAPI): Response {
  const { exchange, mediaType } = context;
  const shown = withCost(presentResult(result, exchange, context), context);
  const { status, headers } = headOf(result, shown, context);
  const text = JSON.stringify(shown);
  const body = text.length > BUFFERED_FROM ? Buffer.from(text) : text;
  const all = allHeaders(exchange, headers);
  // In lower case the Response finds these two without a map of all headers.
  all['content-type'] = `${mediaType}; charset=utf-8`;
  all['content-length'] = String(Buffer.byteLength(body));
  // Responses hold what only the caller may see, now and then a secret.
  all['Cache-Control'] = 'no-store';
  const response = new Response(body, { status, headers: all });
  context.sent = { response, body };
  return response;
}

function headOf({ errors = [] }: ExecutionResult, shown: ExecutionResult, { mediaType }: HttpContext) {
  const refusal = errors.length === 1 ? thrownRefusal(errors[0]) : null;
  if (refusal) return refusal;
  const refusedMethod = errors.some((error) => hasStatus(error.extensions.http, 405));
  return responseHead(shown, mediaType, { refusedMethod });
}

/** The refusal that kept the operation from running; one that a resolver threw is an error of its field. */
function thrownRefusal(error: GraphQLError | undefined): Refusal | null {
  return error && !error.path && error.originalError instanceof Refusal ? error.originalError : null;
}

/** What the operation cost, where the client asks for it. */
function withCost(result: ExecutionResult, { priced }: HttpContext): ExecutionResult {
  if (!priced) return result;
  const { cost, charged, remaining } = priced;
  const told = { requested: cost, limit: COST_MAX, charged, remaining };
  return { ...result, extensions: { ...result.extensions, cost: told } };
}
