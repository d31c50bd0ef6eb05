import { useEffect } from 'react';
import { type ShownList, useList } from '../../../api/use-list.ts';
import { type ApiKeyFilter, type KeyFactsFragment, ReviewPageDocument } from '../../../generated/graphql.ts';
import { useOrganization } from '../../../viewer/organization.tsx';
import { type Concern, isOf } from './concerns.tsx';

/** Changes arrive in bursts: lists are refetched when they pause. */
const SETTLE_MS = 400;

/** The keys of a concern as of `at` (milliseconds since the epoch), live: changes and uses add and remove keys. */
export function useConcern(concern: Concern, at: number): ShownList<KeyFactsFragment> {
  const { id: organizationId, events } = useOrganization();
  const filter: ApiKeyFilter = concern.filter(at);
  const list = useList(`${organizationId} ${concern.id} ${at}`, () => ({
    document: ReviewPageDocument,
    variables: (after: string | null) => ({ organizationId, filter, orderBy: concern.orderBy, after }),
    pageOf: ({ apiKeys }) => apiKeys,
  }));
  const { reload } = list;
  const rows = list.rows.filter((key) => isOf(key, concern, filter));
  const ids = rows.map(({ id }) => id).join(' ');
  useEffect(() => (ids ? events.watchUses(ids.split(' ')) : undefined), [events, ids]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = events.onChange(() => {
      clearTimeout(timer);
      timer = setTimeout(reload, SETTLE_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [events, reload]);
  const last = list.rows.at(-1);
  // Keys of the concern sort first, so none follow after one that isn't.
  const hasMore = list.hasMore && (!last || (concern.fits?.(last) ?? true));
  return { ...list, rows, hasMore };
}
