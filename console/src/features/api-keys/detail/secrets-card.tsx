import { LastUsed } from '../../../design/patterns/last-used.tsx';
import { Card } from '../../../design/patterns/page.tsx';
import { SecretStatusBadge } from '../../../design/primitives/badge.tsx';
import { counted } from '../../../design/primitives/counted.ts';
import { DateText, RelativeTime } from '../../../design/primitives/time.tsx';
import type { SecretFactsFragment } from '../../../generated/graphql.ts';

/** The secrets of a key with their status and usage, newest first. */
export function SecretsCard({ secrets }: { readonly secrets: readonly SecretFactsFragment[] }) {
  return (
    <Card title="Secrets" padded={false}>
      <ul className="divide-y divide-line">
        {secrets.map((secret) => (
          <li
            key={secret.id}
            data-secret={secret.id}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-3"
          >
            <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
              <span className="font-mono text-[0.8125rem]">{secret.start}…</span>
              <SecretStatusBadge status={secret.status} />
            </div>
            <div className="flex flex-wrap gap-x-5 text-[0.8125rem] text-soft tabular-nums">
              <span>
                Created <DateText at={secret.createdAt} />
              </span>
              {secret.status === 'RETIRING' && secret.expiresAt && (
                <span>
                  Expires <RelativeTime at={secret.expiresAt} />
                </span>
              )}
              <span>{counted(secret.uses, 'use')}</span>
              <span className="inline-flex gap-1.5">
                Last used <LastUsed at={secret.lastUsedAt} />
              </span>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
