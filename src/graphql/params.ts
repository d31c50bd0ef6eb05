import type { GraphQLParams } from 'graphql-yoga';
import { AppError } from '../core/errors.ts';
import { isGiven } from '../core/given.ts';
import { Refusal } from '../core/refusal.ts';

/** The parameters of a GraphQL request over HTTP. */
export type Params = GraphQLParams & { readonly query: string };

/** Maximum length of a document, in characters. */
export const DOCUMENT_MAX = 50_000;

/** Validates the parameters of the protocol. Throws an AppError. */
export function checkParams(params: unknown): Params {
  if (Array.isArray(params)) throw malformed('Batching is not supported: send one operation per request');
  if (!isObject(params)) throw malformed('The body must be a JSON object');
  const { query, operationName, variables, extensions } = params;
  // Clients that send only the hash of a document send the document itself after this error.
  if (!query && isObject(extensions) && isObject(extensions.persistedQuery))
    throw new AppError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
  if (typeof query !== 'string') throw malformed('query must be a string: the GraphQL document');
  if (query.length > DOCUMENT_MAX)
    throw malformed(`The document has more than ${DOCUMENT_MAX} characters: use variables for values`);
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

/** The error of a malformed request. */
export function malformed(message: string): Refusal {
  return new Refusal(400, 'BAD_REQUEST', message);
}
