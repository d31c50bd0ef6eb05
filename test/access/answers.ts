import { type Answer, ask } from '../support/server.ts';
import type { Outcome } from './matrix.ts';

/** What a server answered to one operation, as far as the matrix looks at it. */
export type MatrixAnswer = Pick<Answer, 'data' | 'errors'>;

/** Asks; of a subscription that is let in, the data is an empty object. */
export async function answerOf(
  server: { readonly url: string },
  document: string,
  token: string | undefined,
  variables: Record<string, unknown>,
): Promise<MatrixAnswer> {
  if (!document.startsWith('subscription')) {
    const { data, errors } = await ask(server, document, {
      variables,
      ...(token !== undefined && { token }),
    });
    return { data, errors };
  }
  const ended = new AbortController();
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      // A rejected subscription is answered in JSON where that is acceptable, and would be a stream otherwise.
      Accept: 'text/event-stream, application/json',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: document, variables }),
    signal: ended.signal,
  });
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    ended.abort();
    const field = /\{ (\w+)/.exec(document)?.[1] ?? '';
    return { data: { [field]: {} }, errors: [] };
  }
  const { data, errors = [] } = (await response.json()) as MatrixAnswer;
  return { data, errors };
}

/** The codes of refusals that are data. */
const REFUSALS: Readonly<Record<string, Outcome>> = {
  NotFoundError: 'NOT_FOUND',
  ConflictError: 'CONFLICT',
  EscalationError: 'ESCALATION',
};

/** What an answer comes to for one field at its top; whatever has no name here is given as it is. */
export function outcomeOf({ data, errors }: MatrixAnswer, field: string): string {
  const [error] = errors;
  if (error) return error.extensions.code;
  const value = data?.[field];
  if (value === null || (Array.isArray(value) && value.every((one) => one === null))) return 'NULL';
  if (value === undefined) return `data without ${field}`;
  if (value.code) return value.code === 'VALID' ? 'OK' : value.code;
  const { __typename: name } = value;
  return REFUSALS[name] ?? (/Error$/.test(name ?? '') ? name : 'OK');
}
