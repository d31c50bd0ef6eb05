import { ShieldX } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../../design/patterns/page.tsx';
import { Badge } from '../../../design/primitives/badge.tsx';
import { Scrolling } from '../../../design/primitives/scrolling.tsx';
import { RelativeTime } from '../../../design/primitives/time.tsx';
import {
  KeyDenialsDocument,
  type KeyDenialsSubscription,
  type VerificationCode,
} from '../../../generated/graphql.ts';
import { useFollowed } from '../../../live/use-followed.ts';
import { useOrganization } from '../../../viewer/organization.tsx';

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

type Denial = KeyDenialsSubscription['apiKeyDenied'] & { readonly id: number };

/** Denials of a key since the view was opened, live. */
export function DenialsCard({ id }: { readonly id: string }) {
  const { id: organizationId } = useOrganization();
  const [denials, setDenials] = useState<readonly Denial[]>([]);
  useFollowed(
    KeyDenialsDocument,
    { organizationId, apiKeyIds: [id] },
    {
      next: ({ apiKeyDenied }) =>
        setDenials((before) =>
          [{ ...apiKeyDenied, id: (before[0]?.id ?? 0) + 1 }, ...before].slice(0, SHOWN_MAX),
        ),
    },
  );
  return (
    <Card title="Denied attempts, live" padded={false}>
      {denials.length === 0 ? (
        <p className="flex items-center gap-2.5 px-4 py-5 text-soft">
          <ShieldX size={17} className="shrink-0" aria-hidden="true" />
          None since this page was opened. They appear here with their reason.
        </p>
      ) : (
        <Scrolling label="Denied attempts" className="max-h-80">
          <ol aria-live="polite" className="divide-y divide-line">
            {denials.map((denial) => (
              <li
                key={denial.id}
                className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2.5"
              >
                <span className="flex flex-wrap items-center gap-2">
                  <Badge tone="danger">{REASONS[denial.code]}</Badge>
                  {denial.count > 1 && <span className="text-soft tabular-nums">× {denial.count}</span>}
                </span>
                <span className="text-[0.8125rem] text-soft">
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
