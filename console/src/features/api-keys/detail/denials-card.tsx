import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { now } from '../../../api/clock.ts';
import { useDocument } from '../../../api/use-document.ts';
import { useSteady } from '../../../api/use-steady.ts';
import { Card, SkeletonRows } from '../../../design/patterns/page.tsx';
import { Badge } from '../../../design/primitives/badge.tsx';
import { Scrolling } from '../../../design/primitives/scrolling.tsx';
import { RelativeTime } from '../../../design/primitives/time.tsx';
import {
  KeyDenialHistoryDocument,
  KeyDenialsDocument,
  type VerificationCode,
} from '../../../generated/graphql.ts';
import { useFollowed } from '../../../live/use-followed.ts';
import { useCan, useOrganization } from '../../../viewer/organization.tsx';

const SHOWN_MAX = 50;

/** Short explanation of each denial reason. */
export const REASONS: Readonly<Record<VerificationCode, string>> = {
  VALID: 'Accepted',
  MALFORMED: 'Not a key of this service',
  NOT_FOUND: 'No such key',
  REVOKED: 'Revoked',
  DISABLED: 'Disabled',
  EXPIRED: 'Expired',
  IP_NOT_ALLOWED: 'Address not allowed',
  TEAM_NOT_ALLOWED: 'Bound to other teams',
  WRONG_ENVIRONMENT: 'Other environment',
  INSUFFICIENT_PERMISSIONS: 'Permission missing',
  RATE_LIMITED: 'Rate limit reached',
};

interface Denial {
  readonly id: string;
  readonly code: VerificationCode;
  readonly count: number;
  readonly ip?: string | null;
  readonly occurredAt: string;
}

/** Denied verifications of a key: those of the last 30 days, and new ones as they happen. */
export function DenialsCard({ id }: { readonly id: string }) {
  // After a gap, everything until then is read from the history.
  const [since, setSince] = useState(() => now());
  return <Denials key={since} id={id} since={since} missed={() => setSince(now())} />;
}

function Denials({ id, since, missed }: { readonly id: string; readonly since: number; missed(): void }) {
  const { id: organizationId } = useOrganization();
  const can = useCan();
  const [live, setLive] = useState<readonly Denial[]>([]);
  useFollowed(
    KeyDenialsDocument,
    { organizationId, apiKeyIds: [id] },
    {
      next: ({ apiKeyDenied }) =>
        setLive((before) => {
          const id = String(Number(before[0]?.id ?? 0) + 1);
          return [{ ...apiKeyDenied, id }, ...before].slice(0, SHOWN_MAX);
        }),
      missed,
    },
  );
  const mayRead = can('organization.view');
  const variables = { organizationId, id, to: new Date(since).toISOString() };
  const [{ data, error }] = useDocument(KeyDenialHistoryDocument, variables, { pause: !mayRead });
  const history = useSteady(data?.organization?.denials?.nodes);
  const earlier = (history ?? []).map((one) => ({ ...one, id: `${one.occurredAt} ${one.code} ${one.ip}` }));
  const denials = [...live, ...earlier].slice(0, SHOWN_MAX);
  const isLoading = mayRead && !history && !error;
  return (
    <Card
      title="Denied verifications"
      padded={false}
      actions={
        <Link href={`/security?key=${id}`} className="text-small text-soft hover:text-text hover:underline">
          Security
        </Link>
      }
    >
      {isLoading && live.length === 0 && <SkeletonRows count={2} />}
      {!isLoading && denials.length === 0 && (
        <p className="flex items-center gap-2.5 px-4 py-5 text-soft">
          <ShieldCheck size={17} className="shrink-0 text-good" aria-hidden="true" />
          {error
            ? `Earlier denials could not be loaded: ${error.message}`
            : mayRead
              ? 'None in the last 30 days. They appear here with their reason as they happen.'
              : 'None since this page was opened. They appear here with their reason as they happen.'}
        </p>
      )}
      {denials.length > 0 && (
        <Scrolling label="Denied verifications" className="max-h-80">
          <ol aria-live="polite" className="divide-y divide-line">
            {denials.map((denial) => (
              <li
                key={denial.id}
                className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2.5"
              >
                <span className="flex flex-wrap items-center gap-2">
                  <Badge tone="danger">{REASONS[denial.code]}</Badge>
                  {denial.count > 1 && (
                    <span className="text-soft tabular-nums">× {denial.count.toLocaleString('en')}</span>
                  )}
                </span>
                <span className="text-small text-soft">
                  <RelativeTime at={denial.occurredAt} />
                  {denial.ip && ` from ${denial.ip}`}
                </span>
              </li>
            ))}
          </ol>
        </Scrolling>
      )}
    </Card>
  );
}
