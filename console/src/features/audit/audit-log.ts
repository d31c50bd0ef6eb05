import { useEffect } from 'react';
import type { Client } from 'urql';
import { parsed } from '../../api/document.ts';
import { type ShownList, useList } from '../../api/use-list.ts';
import {
  type AuditFactsFragment,
  type AuditFilter,
  AuditPageDocument,
  type AuditPageQueryVariables,
} from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';

const PAGE = 50;
const PAGE_MAX = 100;

/** The audit log, newest first. Refetched when a key changes or the connection is back. */
export function useAuditLog(filter: AuditFilter): ShownList<AuditFactsFragment> {
  const { id: organizationId, events, connection } = useOrganization();
  const log = useList(`${organizationId} ${JSON.stringify(filter)}`, () => ({
    document: AuditPageDocument,
    variables: (after: string | null, before: string | null): AuditPageQueryVariables => ({
      organizationId,
      filter,
      ...(before === null ? { first: PAGE, after } : { last: PAGE_MAX, before }),
    }),
    pageOf: ({ organization }) => organization?.auditLog,
    appendOnly: true,
  }));
  const { reload } = log;
  useEffect(() => {
    const stopEvents = events.onChange(reload);
    const stopListening = connection.listen({ opened: () => {}, settled: reload });
    return () => {
      stopEvents();
      stopListening();
    };
  }, [reload, events, connection]);
  return log;
}

/**
 * All entries that match the filter, newest first. `progress` is called with the number loaded so far. Rejects if the
 * server denies a page or doesn't respond.
 */
export async function allEntries(
  client: Client,
  { organizationId, filter }: Pick<AuditPageQueryVariables, 'organizationId' | 'filter'>,
  { progress, signal }: { progress(count: number): void; readonly signal: AbortSignal },
): Promise<readonly AuditFactsFragment[]> {
  const entries: AuditFactsFragment[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const variables: AuditPageQueryVariables = { organizationId, filter, first: PAGE_MAX, after };
    const { data, error } = await client
      .query(parsed(AuditPageDocument), variables, { requestPolicy: 'network-only' })
      .toPromise();
    signal.throwIfAborted();
    const page = data?.organization?.auditLog;
    if (!page) throw error ?? new Error('You have no access to the audit log');
    entries.push(...page.nodes);
    progress(entries.length);
    after = page.pageInfo.endCursor ?? null;
    more = page.pageInfo.hasNextPage;
  }
  return entries;
}
