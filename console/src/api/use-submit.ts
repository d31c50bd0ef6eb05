import { useCallback, useRef, useState } from 'react';
import { type AnyVariables, type CombinedError, useClient } from 'urql';
import { ask, RequestError } from './ask.ts';
import { type Document, parsed } from './document.ts';
import { type Fault, generalFault, type Outcome, outcomeOf, type Payload } from './fault.ts';

/** A mutation that a form sends. */
export interface Submission<Variables, Result extends Outcome> {
  /** Sends it and returns the payload, or null if nothing changed: `fault` then says why. Never rejects. */
  submit(variables: Variables): Promise<Payload<Result> | null>;
  readonly busy: boolean;
  readonly fault: Fault | null;
  /** Clears the fault. */
  clear(): void;
}

/** Sends a mutation whose one field returns a payload or errors. `pick` selects the field. */
export function useSubmit<Data, Variables extends AnyVariables, Result extends Outcome>(
  document: Document<Data, Variables>,
  pick: (data: Data) => Result | null,
): Submission<Variables, Result> {
  const client = useClient();
  return useSending(async (variables) => {
    const { data, error } = await client.mutation(parsed(document), variables).toPromise();
    const result = data ? pick(data) : null;
    if (!result) throw error ?? new RequestError('UNREACHABLE', 'The server sent no response');
    return result;
  });
}

/**
 * The same for a mutation that returns a secret. The response bypasses the cache. If it is lost, submitting the same
 * input again repeats the request with its idempotency key, which returns the secret without a second change.
 */
export function useSubmitOnce<
  Data,
  Variables extends { readonly input: { readonly idempotencyKey?: unknown } },
  Result extends Outcome,
>(document: Document<Data, Variables>, pick: (data: Data) => Result | null): Submission<Variables, Result> {
  const attempt = useRef<{ readonly input: string; readonly idempotencyKey: string } | null>(null);
  return useSending(async (variables) => {
    const input = JSON.stringify(variables.input);
    if (attempt.current?.input !== input) attempt.current = { input, idempotencyKey: randomKey() };
    const { idempotencyKey } = attempt.current;
    const repeatable = { ...variables, input: { ...variables.input, idempotencyKey } };
    const result = pick(await ask(document, repeatable).catch(explainLoss));
    if (!result) throw new RequestError('UNREACHABLE', 'The server sent no response');
    // Whoever has the idempotency key can ask for the secret again.
    if (outcomeOf(result).payload) attempt.current = null;
    return result;
  });
}

function explainLoss(error: unknown): never {
  if (!(error instanceof RequestError) || error.code !== 'UNREACHABLE') throw error;
  throw new RequestError(
    error.code,
    'The server is not responding. Try again: the request can be repeated safely.',
  );
}

/** 128 random bits. `crypto.randomUUID` is missing where the console is served over HTTP from another host. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

function useSending<Variables, Result extends Outcome>(
  send: (variables: Variables) => Promise<Result>,
): Submission<Variables, Result> {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const submit = async (variables: Variables): Promise<Payload<Result> | null> => {
    setBusy(true);
    setFault(null);
    try {
      const done = outcomeOf(await send(variables));
      setFault(done.fault);
      return done.payload;
    } catch (error) {
      setFault(faultOfRequest(error));
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { submit, busy, fault, clear: useCallback(() => setFault(null), []) };
}

/** A request that was denied as a whole, or never arrived. */
function faultOfRequest(error: unknown): Fault {
  if (error instanceof RequestError) return generalFault(error.code, error.message);
  const { graphQLErrors = [] } = error as Partial<CombinedError>;
  const [first] = graphQLErrors;
  if (!first)
    return generalFault(
      'UNREACHABLE',
      'The server is not responding. It is unknown whether the change was saved.',
    );
  return generalFault(String(first.extensions.code ?? ''), first.message);
}
