import { ScrollText, SearchX } from 'lucide-react';
import { useMemo } from 'react';
import { ListFrame } from '../../design/patterns/list-frame.tsx';
import { Card, EmptyState, Page } from '../../design/patterns/page.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { AuditLine } from './audit-line.tsx';
import { useAuditLog } from './audit-log.ts';
import { filterOf, isNarrowed, useAuditSearch } from './audit-search.ts';
import { ExportMenu } from './export-menu.tsx';
import { Names } from './names.tsx';

/** The audit log of the organization, newest first. */
export function AuditView() {
  const { search, change, clear } = useAuditSearch();
  const filter = useMemo(() => filterOf(search), [search]);
  const log = useAuditLog(filter);
  return (
    <Page
      title="Audit log"
      description="Every change, with its actor, address and time. Entries can’t be altered."
      actions={<ExportMenu filter={filter} />}
    >
      <div className="flex flex-col gap-4">
        <AuditFilters search={search} change={change} clear={clear} />
        <Card padded={false} className="overflow-clip">
          <ListFrame list={log} empty={<NoEntries narrowed={isNarrowed(search)} clear={clear} />}>
            <Names entries={log.rows}>
              <ol aria-label="Audit log">
                {log.rows.map((entry) => (
                  <AuditLine key={entry.id} entry={entry} narrow={change} />
                ))}
              </ol>
            </Names>
          </ListFrame>
        </Card>
      </div>
    </Page>
  );
}

function NoEntries({ narrowed, clear }: { readonly narrowed: boolean; clear(): void }) {
  if (narrowed)
    return (
      <EmptyState
        icon={SearchX}
        title="No matching entries"
        action={<Button onClick={clear}>Clear the filters</Button>}
      >
        No entry matches all filters.
      </EmptyState>
    );
  return (
    <EmptyState icon={ScrollText} title="No entries yet">
      Changes of keys, members, roles, teams and settings appear here.
    </EmptyState>
  );
}
