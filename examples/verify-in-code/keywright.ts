import type { TypedDocumentString } from '../generated/graphql.ts';
import { retryingFetch } from './retrying-fetch.ts';

/** A typed client in one function: the result and the variables have the types of the document. */
export function keywright(url: string, token: string) {
  return async <Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<Result> => {
    const response = await retryingFetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: document.toString(), variables }),
    });
    const text = await response.text();
    const isJson = /^\s*\{/.test(text);
    const { data, errors } = (isJson ? JSON.parse(text) : {}) as {
      data?: Result;
      errors?: { message: string }[];
    };
    if (errors?.length) throw new Error(errors.map((error) => error.message).join('; '));
    if (!data) throw new Error(`${url} responded with ${response.status} and without data`);
    return data;
  };
}

/** Prints an error, or the errors of a subscription, in one line and ends the program. */
export function exitWith(error: unknown): never {
  const messages = [error].flat().map((one) => {
    const { message, cause, reason } = one as Error & { reason?: string };
    // fetch only reports that it failed. The reason is its cause. A closed WebSocket has a reason and no message.
    return cause instanceof Error ? `${message}: ${cause.message || cause.name}` : message || reason;
  });
  console.error(messages.join('; '));
  process.exit(1);
}
