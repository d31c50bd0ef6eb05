import { JsonLimitError, parseJson } from '../../core/exact-json.ts';
import { checkParams, malformed, type Params } from '../../graphql/params.ts';
import { type BodyBuffers, readBody } from '../body.ts';
import { requireContentType } from '../content-type.ts';
import type { Exchange } from '../exchange.ts';

/** The parameters of a request as text, which is parsed once the caller is known and charged for its size. */
export interface UnparsedParams {
  /** Length of the text, UTF-16 units. */
  readonly size: number;
  /** Throws a Refusal if the parameters in the text are invalid. */
  parse(): Params;
}

/** Reads the parameters from the URL (GET) or the body (POST). Rejects with a Refusal if they can't be read. */
export async function readParams(exchange: Exchange, buffers: BodyBuffers): Promise<UnparsedParams> {
  const { request, query } = exchange;
  if (request.method !== 'POST') return { size: query.length, parse: () => checkParams(fromQuery(query)) };
  // A page of another site can send other content types without a preflight.
  requireContentType(request, 'application/json');
  const body = await readBody(request, exchange.response, buffers);
  return { size: body.length, parse: () => checkParams(readJson(body, 'The body')) };
}

function fromQuery(query: string): Record<string, unknown> {
  const search = new URLSearchParams(query);
  const json = (name: string) => {
    const text = search.get(name);
    return text ? readJson(text, name) : undefined;
  };
  return {
    query: search.get('query') ?? undefined,
    documentId: search.get('documentId') ?? undefined,
    operationName: search.get('operationName') || undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  };
}

function readJson(text: string, what: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    // The parser's own message quotes the text.
    throw malformed(`${what} ${error instanceof JsonLimitError ? error.message : 'is not JSON'}`);
  }
}
