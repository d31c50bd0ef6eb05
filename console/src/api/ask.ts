import { noteServerTime } from './clock.ts';
import type { Document } from './document.ts';

/** Sent with every request: the session's cookie is accepted only together with it. */
export const HEADERS = { 'X-Requested-With': 'keywright' } as const;

/** An error of a whole request, with the code of the API: `UNAUTHENTICATED`, `FORBIDDEN`, …. */
export class RequestError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
  }
}

interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/**
 * Sends an operation without the cache: for values shown once, and before a cache exists. Rejects with RequestError;
 * its code is `UNREACHABLE` if the server doesn't respond.
 */
export async function ask<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const { data, errors } = await post<Result>(document.toString(), variables);
  const [error] = errors ?? [];
  // A denied field is missing from the response, but the rest, such as a secret shown once, must not be lost.
  if (!data || (error && Object.values(data).includes(null)))
    throw new RequestError(
      error?.extensions?.code ?? 'UNREACHABLE',
      error?.message ?? 'The server sent no response',
    );
  return data;
}

/** Retries once if the server has just cleared a conflicting cookie and allows an immediate retry. */
export const fetchApi: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const again = response.status === 401 && response.headers.get('retry-after') === '0';
  return again ? fetch(input, init) : response;
};

async function post<Result>(query: string, variables: unknown): Promise<Answer<Result>> {
  try {
    const response = await fetchApi('/graphql', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { ...HEADERS, Accept: 'application/json', 'Content-Type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    noteServerTime(response.headers.get('date'));
    return (await response.json()) as Answer<Result>;
  } catch {
    throw new RequestError('UNREACHABLE', 'The server is not responding');
  }
}
