import { Link } from 'wouter';
import { KeyStatus } from '../../design/primitives/badge.tsx';
import { RelativeTime } from '../../design/primitives/time.tsx';
import type { KeyFactsFragment } from '../../generated/graphql.ts';
import { useOpens } from '../../shell/views.tsx';
import { KeyRemedies } from './key-remedies.tsx';

/** Keys with what stops them. */
export function SuspectKeys({
  label,
  keys,
}: {
  readonly label: string;
  readonly keys: readonly KeyFactsFragment[];
}) {
  const opens = useOpens();
  return (
    <ul aria-label={label} className="divide-y divide-line">
      {keys.map((key) => (
        <li key={key.id} data-row={key.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
          <div className="min-w-0 grow basis-52">
            <div className="flex min-w-0 items-center gap-2">
              {opens('/keys/:keyId') ? (
                <Link
                  href={`/keys/${key.id}`}
                  dir="auto"
                  className="min-w-0 truncate font-medium hover:underline"
                >
                  {key.name}
                </Link>
              ) : (
                <span dir="auto" className="min-w-0 truncate font-medium">
                  {key.name}
                </span>
              )}
              <KeyStatus status={key.status} />
            </div>
            <p className="text-small text-soft">
              {key.lastUsedAt ? (
                <>
                  Last accepted <RelativeTime at={key.lastUsedAt} />
                  {key.lastUsedIp && (
                    <>
                      {' from '}
                      <span className="font-mono text-xs">{key.lastUsedIp}</span>
                    </>
                  )}
                </>
              ) : (
                'Never accepted'
              )}
            </p>
          </div>
          <KeyRemedies apiKey={key} />
        </li>
      ))}
    </ul>
  );
}
