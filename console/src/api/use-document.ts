import { type AnyVariables, type RequestPolicy, type UseQueryResponse, useQuery } from 'urql';
import { type Document, parsed } from './document.ts';

/**
 * The result of a query: first the cached one, then the server's, unless another policy is provided. Requests nothing
 * while paused.
 */
export function useDocument<Result, Variables extends AnyVariables>(
  document: Document<Result, Variables>,
  variables: Variables,
  options: { readonly pause?: boolean; readonly requestPolicy?: RequestPolicy } = {},
): UseQueryResponse<Result, AnyVariables> {
  const requestPolicy = 'cache-and-network';
  return useQuery<Result, AnyVariables>({ query: parsed(document), variables, requestPolicy, ...options });
}
