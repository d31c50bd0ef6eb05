import type { GraphQLParams } from 'graphql-yoga';
import { parseJson } from '../core/exact-json.ts';
import { type BodyBuffers, readBody } from './body.ts';
import type { Exchange } from './exchange.ts';
import { Refusal } from './refusal.ts';

/** The parameters of a GraphQL request over HTTP. */
export type Params = GraphQLParams & { readonly query: string };

/** Longest document, characters. */
export const DOCUMENT_MAX = 50_000;

/** Deepest nesting of lists and objects in the variables. */
export const VARIABLES_DEPTH_MAX = 100;

/** Most values in the variables, those in lists and objects counted: more than the largest import has. */
export const VARIABLES_VALUES_MAX = 100_000;

/** Reads the parameters from the address (GET) or the body (POST). Rejects with a Refusal where it finds none that fit. */
export async function readParams(exchange: Exchange, buffers: BodyBuffers): Promise<Params> {
  if (exchange.request.method !== 'POST') return checkParams(fromQuery(exchange.query));
  requireJson(exchange.request.headers['content-type']);
  return checkParams(readJson(await readBody(exchange.request, exchange.response, buffers), 'The body'));
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
  } catch {
    // The parser's own message quotes the text.
    throw malformed(`${what} is not JSON`);
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
  if (!isGiven(operationName, 'string')) throw malformed('operationName must be a string');
  if (isSet(variables) && !isObject(variables)) throw malformed('variables must be an object');
  if (isSet(extensions) && !isObject(extensions)) throw malformed('extensions must be an object');
  checkSize(variables);
  return {
    query,
    ...(typeof operationName === 'string' ? { operationName } : {}),
    ...(isObject(variables) ? { variables } : {}),
  };
}

/** Counts before anything else looks at the variables: coercion and the cost of an operation visit each value. */
function checkSize(variables: unknown): void {
  let values = 0;
  const visit = (value: unknown, levels: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (levels < 0) throw malformed(`variables are nested more than ${VARIABLES_DEPTH_MAX} deep`);
    for (const key in value) {
      values += 1;
      if (values > VARIABLES_VALUES_MAX)
        throw malformed(`variables have more than ${VARIABLES_VALUES_MAX} values`);
      visit((value as Record<string, unknown>)[key], levels - 1);
    }
  };
  visit(variables, VARIABLES_DEPTH_MAX);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isGiven(value: unknown, type: 'string'): boolean {
  return !isSet(value) || typeof value === type;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(message: string): Refusal {
  return new Refusal(400, 'BAD_REQUEST', message);
}
