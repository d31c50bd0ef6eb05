import type { GraphQLParams } from 'graphql-yoga';
import { JsonLimitError, parseJson } from '../core/exact-json.ts';
import { isGiven } from '../core/given.ts';
import { type BodyBuffers, readBody } from './body.ts';
import type { Exchange } from './exchange.ts';
import { Refusal } from './refusal.ts';

/** The parameters of a GraphQL request over HTTP. */
export type Params = GraphQLParams & { readonly query: string };

/** Longest document, characters. */
export const DOCUMENT_MAX = 50_000;

/** The parameters of a request as text, which is parsed when the caller is known and charged for its size. */
export interface UnparsedParams {
  /** Length of the text, UTF-16 units. */
  readonly size: number;
  /** Throws a Refusal where the text holds no parameters that fit. */
  parse(): Params;
}

/** Reads the parameters from the address (GET) or the body (POST). Rejects with a Refusal where they can't be read. */
export async function readParams(exchange: Exchange, buffers: BodyBuffers): Promise<UnparsedParams> {
  const { request, query } = exchange;
  if (request.method !== 'POST') return { size: query.length, parse: () => checkParams(fromQuery(query)) };
  requireJson(request.headers['content-type']);
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
    operationName: search.get('operationName') || undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  };
}

/** Other content types are those that a page of another site can send unasked. */
function requireJson(contentType = ''): void {
  if (contentType === 'application/json') return;
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (type === 'application/json' && /^(?:charset="?utf-8"?)?$/.test(charset ?? '')) return;
  throw new Refusal(415, 'BAD_REQUEST', 'The content type must be application/json in UTF-8', {
    'Accept-Post': 'application/json; charset=utf-8',
  });
}

function readJson(text: string, what: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    // The parser's own message quotes the text.
    throw malformed(`${what} ${error instanceof JsonLimitError ? error.message : 'is not JSON'}`);
  }
}

/** The parameters, if they have the form that the protocol asks for. Throws a Refusal where they don't. */
export function checkParams(params: unknown): Params {
  if (Array.isArray(params)) throw malformed('Batches are not supported: send one operation a request');
  if (!isObject(params)) throw malformed('The body must be a JSON object');
  const { query, operationName, variables, extensions } = params;
  if (typeof query !== 'string') throw malformed('query must be a string: the GraphQL document');
  if (query.length > DOCUMENT_MAX)
    throw malformed(`The document has more than ${DOCUMENT_MAX} characters: put values into variables`);
  if (isGiven(operationName) && typeof operationName !== 'string')
    throw malformed('operationName must be a string');
  if (isGiven(variables) && !isObject(variables)) throw malformed('variables must be an object');
  if (isGiven(extensions) && !isObject(extensions)) throw malformed('extensions must be an object');
  return {
    query,
    ...(typeof operationName === 'string' ? { operationName } : {}),
    ...(isObject(variables) ? { variables } : {}),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(message: string): Refusal {
  return new Refusal(400, 'BAD_REQUEST', message);
}
