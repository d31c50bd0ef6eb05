import type { TypedDocumentString } from '../generated/graphql.ts';
import { type Answer, ask } from '../support/server.ts';

/** Sends a typed document; the data has its type. Errors that are not data stay in `errors`. */
export async function request<Result, Variables>(
  server: { readonly url: string },
  token: string | undefined,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<{ data: Result; errors: Answer['errors']; status: number }> {
  const options = { variables: variables as Record<string, unknown>, ...(token ? { token } : {}) };
  const { data, errors, status } = await ask(server, document.toString(), options);
  return { data: data as Result, errors, status };
}

/** The member of a union that was expected; fails with what came instead. */
export function expectType<Union extends { __typename: string }, Name extends Union['__typename']>(
  value: Union | null,
  name: Name,
): Extract<Union, { __typename: Name }> {
  if (value?.__typename === name) return value as Extract<Union, { __typename: Name }>;
  throw new Error(`Expected ${name}, got ${JSON.stringify(value)}`);
}
