import { useCallback, useState } from 'react';
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

/**
 * Sends a mutation whose one field returns a payload or errors. `pick` selects the field. With `cached: false` the
 * response bypasses the cache: for secrets.
 */
export function useSubmit<Data, Variables extends AnyVariables, Result extends Outcome>(
  document: Document<Data, Variables>,
  pick: (data: Data) => Result | null,
  { cached = true }: { readonly cached?: boolean } = {},
): Submission<Variables, Result> {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const send = async (variables: Variables): Promise<Result> => {
    const { data, error } = cached
      ? await client.mutation(parsed(document), variables).toPromise()
      : { data: await ask(document, variables), error: undefined };
    const result = data ? pick(data) : null;
    if (!result) throw error ?? new RequestError('UNREACHABLE', 'The server sent no response');
    return result;
  };
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
