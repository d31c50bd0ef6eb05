import { useCallback, useEffect } from 'react';
import type { CombinedError } from 'urql';
import type { Document } from '../api/document.ts';
import { useDocument } from '../api/use-document.ts';
import { useOrganization } from '../viewer/organization.tsx';

/** Delay until servers have saved uses in batches (USAGE_FLUSH_MS), milliseconds. */
const WRITTEN_MS = 800;

/** A query about one key that is refetched after its uses: only the server knows the counts per secret. */
export function useWatchedKey<Result>(
  document: Document<Result, { id: string }>,
  id: string,
): { data: Result | undefined; error: CombinedError | undefined; reload: () => void } {
  const { events } = useOrganization();
  const [{ data, error }, execute] = useDocument(document, { id });
  const reload = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  useEffect(() => events.watchUses([id]), [events, id]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = events.onUse((used) => {
      if (used !== id) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        reload();
      }, WRITTEN_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [events, id, reload]);
  return { data, error, reload };
}
