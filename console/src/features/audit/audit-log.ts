import { useEffect } from 'react';
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
