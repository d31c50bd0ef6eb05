import type { AnyVariables, Client, CombinedError } from 'urql';
import { type Document, parsed } from '../api/document.ts';
import type { Connection } from './connection.ts';

/** A subscription that outlives the connections it runs over. */
export interface Followed<Result, Variables> {
  readonly document: Document<Result, Variables>;
  /** Called at every start, to resume from the newest cursor seen. */
  variables(): Variables;
  next(data: Result): void;
  /** Events may have been missed: refetch affected data. */
  missed?(): void;
  /** The cursor can't be used: continue with new events. */
  cursorLost?(): void;
  /** The viewer no longer has permission for this subscription. */
  forbidden?(): void;
}

/** Follows a subscription over every connection, until the returned function is called. */
export function follow<Result, Variables extends AnyVariables>(
  client: Client,
  connection: Connection,
  followed: Followed<Result, Variables>,
): () => void {
  let end = () => {};
  let ended = false;
  const begin = (): void => {
    end();
    if (ended) return;
    const { unsubscribe } = client
      .subscription(parsed(followed.document), followed.variables())
      .subscribe(({ data, error }) => {
        if (data) followed.next(data);
        if (error && !ended) recover(error);
      });
    end = unsubscribe;
  };
  const recover = (error: CombinedError): void => {
    const { code } = error.graphQLErrors[0]?.extensions ?? {};
    if (code === 'CURSOR_EXPIRED' || code === 'CURSOR_INVALID') {
      followed.cursorLost?.();
      followed.missed?.();
    } else if (code === 'TOO_SLOW') {
      followed.missed?.();
    } else {
      if (code === 'FORBIDDEN') followed.forbidden?.();
      // A lost connection is restored and restarts its subscriptions.
      return;
    }
    queueMicrotask(begin);
  };
  const stopListening = connection.listen({ opened: begin, settled: () => {} });
  return () => {
    ended = true;
    stopListening();
    end();
  };
}
