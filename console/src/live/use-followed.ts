import { useEffect, useRef } from 'react';
import type { AnyVariables } from 'urql';
import { useClient } from 'urql';
import type { Document } from '../api/document.ts';
import { useOrganization } from '../viewer/organization.tsx';
import { follow } from './follow.ts';

/**
 * Keeps a subscription while the view is mounted. Restarts it when its variables change and after reconnecting; calls
 * `missed` then, since events may have been lost.
 */
export function useFollowed<Result, Variables extends AnyVariables>(
  document: Document<Result, Variables>,
  variables: Variables,
  handlers: { next(data: Result): void; missed?(): void },
): void {
  const client = useClient();
  const { connection } = useOrganization();
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  const text = JSON.stringify(variables);
  useEffect(() => {
    let begun = false;
    return follow(client, connection, {
      document,
      variables: () => {
        if (begun) latest.current.missed?.();
        begun = true;
        return JSON.parse(text) as Variables;
      },
      next: (data) => latest.current.next(data),
      missed: () => latest.current.missed?.(),
    });
  }, [client, connection, document, text]);
}
