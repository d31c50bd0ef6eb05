import { ScrollText } from 'lucide-react';
import { Link } from 'wouter';
import { useList } from '../../../api/use-list.ts';
import { ListFrame } from '../../../design/patterns/list-frame.tsx';
import { Card, EmptyState } from '../../../design/patterns/page.tsx';
import { KeyAuditDocument } from '../../../generated/graphql.ts';
import { AuditLine } from '../../audit/audit-line.tsx';
import { Names } from '../../audit/names.tsx';

/** What was done to a key, in sentences with the changes behind them, newest first. */
export function AuditCard({ id }: { readonly id: string }) {
  const log = useList(id, () => ({
    document: KeyAuditDocument,
    variables: (after: string | null) => ({ id, after }),
    pageOf: ({ apiKey }) => apiKey?.auditLog,
  }));
  return (
    <Card
      title="Changes"
      padded={false}
      className="overflow-clip"
      actions={
        <Link href={`/audit?target=${id}`} className="text-small text-soft hover:text-text hover:underline">
          Audit log
        </Link>
      }
    >
      <ListFrame list={log} placeholders={3} empty={<EmptyState icon={ScrollText} title="No changes yet" />}>
        <Names entries={log.rows}>
          <ol aria-label="Changes">
            {log.rows.map((entry) => (
              <AuditLine key={entry.id} entry={entry} />
            ))}
          </ol>
        </Names>
      </ListFrame>
    </Card>
  );
}
