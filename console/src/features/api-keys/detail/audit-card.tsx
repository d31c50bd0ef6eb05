import { useState } from 'react';
import { useQuery } from 'urql';
import { parsed } from '../../../api/document.ts';
import { faultWords } from '../../../api/fault.ts';
import { useSteady } from '../../../api/use-steady.ts';
import { ActorName } from '../../../components/actor-name.tsx';
import { Button } from '../../../components/button.tsx';
import { Card, SkeletonRows } from '../../../components/page.tsx';
import { RelativeTime } from '../../../components/time.tsx';
import { KeyAuditDocument, type KeyAuditQuery } from '../../../generated/graphql.ts';

type Log = NonNullable<NonNullable<KeyAuditQuery['apiKey']>['auditLog']>;
type Entry = Log['nodes'][number];

/** Everything that was done to a key, the latest first. */
export function AuditCard({ id }: { readonly id: string }) {
  const [pages, setPages] = useState<readonly (string | null)[]>([null]);
  return (
    <Card title="Audit trail" padded={false}>
      <ol className="divide-y divide-line">
        {pages.map((after, index) => (
          <AuditPage
            key={after}
            id={id}
            after={after}
            isLast={index === pages.length - 1}
            loadMore={(cursor) => setPages([...pages, cursor])}
          />
        ))}
      </ol>
    </Card>
  );
}

function AuditPage({
  id,
  after,
  isLast,
  loadMore,
}: {
  readonly id: string;
  readonly after: string | null;
  readonly isLast: boolean;
  loadMore(cursor: string): void;
}) {
  const [{ data, error }] = useQuery({ query: parsed(KeyAuditDocument), variables: { id, after } });
  const log = useSteady(data?.apiKey)?.auditLog;
  if (error && !log)
    return (
      <li role="alert" className="px-4 py-3 text-danger">
        {faultWords(error.message)}
      </li>
    );
  if (!log)
    return (
      <li>
        <SkeletonRows count={3} />
      </li>
    );
  const cursor = log.pageInfo.hasNextPage ? log.pageInfo.endCursor : null;
  return (
    <>
      {log.nodes.map((entry) => (
        <AuditLine key={entry.id} entry={entry} />
      ))}
      {isLast && cursor && (
        <li className="flex justify-center p-3">
          <Button size="small" onClick={() => loadMore(cursor)}>
            Load more
          </Button>
        </li>
      )}
    </>
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
