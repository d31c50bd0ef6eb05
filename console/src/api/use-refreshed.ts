import { useEffect } from 'react';
import type { AnyVariables, UseQueryResponse } from 'urql';
import type { Document } from './document.ts';
import { useDocument } from './use-document.ts';
import { onVisible } from './visible.ts';

/** Sums over all keys change with every use, too often for an event each, milliseconds. */
const EVERY_MS = 10_000;

/** The result of a query that is repeated while the page is visible, and the function that repeats it now. */
export function useRefreshed<Result, Variables extends AnyVariables>(
  document: Document<Result, Variables>,
  variables: Variables,
  { pause = false, everyMs = EVERY_MS }: { readonly pause?: boolean; readonly everyMs?: number } = {},
): UseQueryResponse<Result, AnyVariables> {
  const [result, reload] = useDocument(document, variables, { pause });
  useEffect(() => {
    if (pause) return;
    const refresh = () => reload({ requestPolicy: 'network-only' });
    const timer = setInterval(() => globalThis.document.visibilityState === 'visible' && refresh(), everyMs);
    const ignore = onVisible(refresh);
    return () => {
      clearInterval(timer);
      ignore();
    };
  }, [pause, reload, everyMs]);
  return [result, reload];
}
