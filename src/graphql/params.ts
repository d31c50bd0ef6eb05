import type { GraphQLParams } from 'graphql-yoga';
import { isProvided } from '../core/provided.ts';
import { Refusal } from '../core/refusal.ts';

/** The parameters of a GraphQL request: `query`, or only the ID of a trusted document. */
export type Params = GraphQLParams & { readonly documentId?: string };

/** Maximum length of a document, in characters. */
export const DOCUMENT_MAX = 50_000;

/** Validates the parameters of the protocol. Throws a Refusal. */
export function checkParams(params: unknown): Params {
  if (Array.isArray(params)) throw malformed('Batching is not supported: send one operation per request');
  if (!isObject(params)) throw malformed('The body must be a JSON object');
  const { query, operationName, variables, extensions } = params;
  if (isProvided(extensions) && !isObject(extensions)) throw malformed('extensions must be an object');
  const documentId = documentIdOf(params.documentId, extensions?.persistedQuery);
  // Clients of the WebSocket protocol, in which `query` is required, leave it empty.
  const isById = documentId !== null && (!isProvided(query) || query === '');
  if (!isById && typeof query !== 'string') throw malformed('query must be a string: the GraphQL document');
  if (typeof query === 'string' && query.length > DOCUMENT_MAX)
    throw malformed(`The document has more than ${DOCUMENT_MAX} characters: use variables for values`);
  if (isProvided(operationName) && typeof operationName !== 'string')
    throw malformed('operationName must be a string');
  if (isProvided(variables) && !isObject(variables)) throw malformed('variables must be an object');
  return {
    ...(isById ? {} : { query: query as string }),
    ...(documentId === null ? {} : { documentId }),
    ...(typeof operationName === 'string' ? { operationName } : {}),
    ...(isObject(variables) ? { variables } : {}),
  };
}

/** The ID of a trusted document, from either place; null: neither has one. */
function documentIdOf(documentId: unknown, persistedQuery: unknown): string | null {
  if (isProvided(documentId) && typeof documentId !== 'string')
    throw malformed('documentId must be a string');
  const id = documentId ?? null;
  if (!isObject(persistedQuery)) return id;
  const { version, sha256Hash } = persistedQuery;
  if (version !== 1 || typeof sha256Hash !== 'string')
    throw malformed('extensions.persistedQuery must have the version 1 and the string sha256Hash');
  if (id !== null && id !== sha256Hash && id !== `sha256:${sha256Hash}`)
    throw malformed('documentId and extensions.persistedQuery must be IDs of the same document');
  return id ?? sha256Hash;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The error of a malformed request. */
export function malformed(message: string): Refusal {
  return new Refusal(400, 'BAD_REQUEST', message);
}
