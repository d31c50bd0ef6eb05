import { useList } from '../../../api/use-list.ts';
import { ListFrame } from '../../../design/patterns/list-frame.tsx';
import { Card } from '../../../design/patterns/page.tsx';
import { RelativeTime } from '../../../design/primitives/time.tsx';
import { KeyAuditDocument, type KeyAuditQuery } from '../../../generated/graphql.ts';
import { ActorName } from '../../../shell/actor-name.tsx';

type Log = NonNullable<NonNullable<KeyAuditQuery['apiKey']>['auditLog']>;
type Entry = Log['nodes'][number];

/** The audit trail of a key, newest first. */
export function AuditCard({ id }: { readonly id: string }) {
  const log = useList(id, () => ({
    document: KeyAuditDocument,
    variables: (after: string | null) => ({ id, after }),
    pageOf: ({ apiKey }) => apiKey?.auditLog,
  }));
  return (
    <Card title="Audit trail" padded={false}>
      <ListFrame list={log} placeholders={3}>
        <ol className="divide-y divide-line">
          {log.rows.map((entry) => (
            <AuditLine key={entry.id} entry={entry} />
          ))}
        </ol>
      </ListFrame>
    </Card>
  );
}

function AuditLine({ entry }: { readonly entry: Entry }) {
  const changes = Object.entries(entry.changes).filter(([field]) => !/^(?:secretId|keyId)$/.test(field));
  return (
    <li className="px-4 py-2.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-mono text-[0.8125rem]">{entry.action}</span>
        <span className="text-[0.8125rem] text-soft">
          <RelativeTime at={entry.occurredAt} /> by <ActorName actor={entry.actor} />
          {entry.ip && ` from ${entry.ip}`}
        </span>
      </div>
      {changes.length > 0 && (
        <details className="mt-0.5 text-[0.8125rem] text-soft">
          <summary className="w-fit">
            {changes.length} {changes.length === 1 ? 'value' : 'values'}
          </summary>
          <dl className="mt-1 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-0.5">
            {changes.map(([field, change]) => (
              <ChangeLine key={field} field={field} change={change} />
            ))}
          </dl>
        </details>
      )}
    </li>
  );
}

function ChangeLine({ field, change }: { readonly field: string; readonly change: unknown }) {
  const [before, after] = Array.isArray(change) ? change : [null, change];
  return (
    <>
      <dt>{field}</dt>
      <dd className="font-mono text-xs break-all">
        {before !== null && before !== undefined && <del className="mr-2">{written(before)}</del>}
        <ins className="no-underline text-text">{written(after)}</ins>
      </dd>
    </>
  );
}

function written(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
