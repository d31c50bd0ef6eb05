import { FileQuestion } from 'lucide-react';
import { useParams } from 'wouter';
import { useDocument } from '../../api/use-document.ts';
import { BackLink, Card, EmptyState, LoadFault, Page, SkeletonRows } from '../../design/patterns/page.tsx';
import { ButtonLink } from '../../design/primitives/button.tsx';
import { timeText } from '../../design/primitives/time-text.ts';
import {
  AuditContextDocument,
  AuditEntryByIdDocument,
  type AuditFactsFragment,
} from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';
import { AuditLine } from './audit-line.tsx';
import { Names } from './names.tsx';

/** Entries shown before and after the entry. */
const AROUND = 5;

/** One entry of the audit log with those before and after it: what a link to an entry opens. */
export function EntryView() {
  const { entryId: id = '' } = useParams();
  const [{ data, error }, reload] = useDocument(
    AuditEntryByIdDocument,
    { id },
    { requestPolicy: 'network-only' },
  );
  const entry = data?.node?.__typename === 'AuditEntry' ? data.node : null;
  return (
    <div className="flex flex-col gap-3">
      <BackLink to="/audit">Audit log</BackLink>
      {entry ? (
        <Entry key={id} entry={entry} />
      ) : (
        <Page title="Audit entry">
          <Card padded={false}>
            {error && <LoadFault message={error.message} retry={reload} />}
            {!error && (data ? <NoEntry /> : <SkeletonRows count={5} />)}
          </Card>
        </Page>
      )}
    </div>
  );
}

function Entry({ entry }: { readonly entry: AuditFactsFragment }) {
  const { id: organizationId } = useOrganization();
  const { id, occurredAt, targetId, action, sequence } = entry;
  const time = new Date(occurredAt);
  const after = new Date(time.getTime() + 1).toISOString();
  const [from, to] = [time.toISOString(), after];
  const [{ data, error }, reload] = useDocument(
    AuditContextDocument,
    {
      organizationId,
      newer: { from },
      older: { to },
      same: { from, to, ...(targetId ? { targetId } : { actions: [action] }) },
      count: AROUND + 1,
    },
    { requestPolicy: 'network-only' },
  );
  const { newer, older, same } = data?.organization ?? {};
  const isOurs = same?.nodes.some((one) => one.id === id);
  const rows = isOurs ? inContext(entry, [...(newer?.nodes ?? []), ...(older?.nodes ?? [])]) : [];
  return (
    <Page
      title={`Audit entry ${sequence}`}
      description={`${timeText(occurredAt)}, with the entries before and after it.`}
    >
      <Card padded={false} className="overflow-clip">
        {error && <LoadFault message={error.message} retry={reload} />}
        {!data && !error && <SkeletonRows count={5} />}
        {data && !isOurs && <NoEntry />}
        {rows.length > 0 && (
          <Names entries={rows}>
            <ol aria-label="Entries in context">
              {rows.map((row) => (
                <AuditLine key={row.id} entry={row} isHighlighted={row.id === id} />
              ))}
            </ol>
          </Names>
        )}
      </Card>
    </Page>
  );
}

/** The entry and those next to it, newest first. */
function inContext(
  entry: AuditFactsFragment,
  others: readonly AuditFactsFragment[],
): readonly AuditFactsFragment[] {
  const all = [...new Map([entry, ...others].map((one) => [one.id, one])).values()];
  all.sort((one, other) => Number(other.sequence) - Number(one.sequence));
  const position = all.findIndex(({ id }) => id === entry.id);
  return all.slice(Math.max(0, position - AROUND), position + AROUND + 1);
}

function NoEntry() {
  return (
    <EmptyState
      icon={FileQuestion}
      title="This entry doesn’t exist, or you can’t view it"
      action={<ButtonLink to="/audit">Open the audit log</ButtonLink>}
    >
      The link may belong to another organization, or to an entry about a key that you don’t have access to.
      Ask the sender which organization it is from.
    </EmptyState>
  );
}
