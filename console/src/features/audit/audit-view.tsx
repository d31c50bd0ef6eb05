import { ScrollText, SearchX } from 'lucide-react';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { Button } from '../../components/button.tsx';
import { Card, EmptyState, LoadFault, Page, SkeletonRows } from '../../components/page.tsx';
import { useOrganization } from '../../viewer/organization.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { AuditLine } from './audit-line.tsx';
import { AuditLog, type AuditRows } from './audit-log.ts';
import { filterOf, isNarrowed, useAuditSearch } from './audit-search.ts';
import { ExportMenu } from './export-menu.tsx';
import { Names } from './names.tsx';

/** Everything that was done in the organization, the latest first. */
export function AuditView() {
  const client = useClient();
  const { id: organizationId } = useOrganization();
  const { search, change, clear } = useAuditSearch();
  const log = useMemo(
    () => new AuditLog(client, organizationId, filterOf(search)),
    [client, organizationId, search],
  );
  const shown = useSyncExternalStore(log.watch, log.rows);
  useNews(log);
  return (
    <Page
      title="Audit log"
      description="Every change, with who made it, from where and when. Nobody can alter it."
      actions={<ExportMenu log={log} />}
    >
      <div className="flex flex-col gap-4">
        <AuditFilters search={search} change={change} clear={clear} />
        <Card padded={false} className="overflow-clip">
          {shown.error && (
            <LoadFault
              message={shown.error.message}
              retry={<Button onClick={log.catchUp}>Try again</Button>}
            />
          )}
          {shown.rows.length > 0 ? (
            <Names entries={shown.rows}>
              <ol aria-label="Audit log">
                {shown.rows.map((entry) => (
                  <AuditLine key={entry.id} entry={entry} narrow={change} />
                ))}
              </ol>
            </Names>
          ) : (
            !shown.error && <Instead shown={shown} narrowed={isNarrowed(search)} clear={clear} />
          )}
          {shown.hasMore && (
            <div className="flex justify-center border-t border-line p-3">
              <Button busy={shown.loading} onClick={log.loadMore}>
                Load more
              </Button>
            </div>
          )}
        </Card>
      </div>
    </Page>
  );
}

function Instead({
  shown,
  narrowed,
  clear,
}: {
  readonly shown: AuditRows;
  readonly narrowed: boolean;
  clear(): void;
}) {
  if (shown.loading) return <SkeletonRows />;
  if (narrowed)
    return (
      <EmptyState
        icon={SearchX}
        title="Nothing like that was done"
        action={<Button onClick={clear}>Clear the filters</Button>}
      >
        No entry matches all of the filters together.
      </EmptyState>
    );
  return (
    <EmptyState icon={ScrollText} title="Nothing was done yet">
      What somebody changes appears here: keys, people, roles, teams and settings.
    </EmptyState>
  );
}

/** Asks for news when there is reason to: a key changed, the connection is back, or somebody looks again. */
function useNews(log: AuditLog): void {
  const { events, connection } = useOrganization();
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && log.catchUp();
    document.addEventListener('visibilitychange', look);
    const stopEvents = events.onChange(log.catchUp);
    const stopListening = connection.listen({ opened: () => {}, settled: log.catchUp });
    return () => {
      document.removeEventListener('visibilitychange', look);
      stopEvents();
      stopListening();
    };
  }, [log, events, connection]);
}
