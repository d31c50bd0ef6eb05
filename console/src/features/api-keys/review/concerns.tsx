import type { ReactNode } from 'react';
import { DAY_MS } from '../../../api/clock.ts';
import { RelativeTime } from '../../../design/primitives/time.tsx';
import type { ApiKeyFilter, ApiKeyOrder, KeyFactsFragment } from '../../../generated/graphql.ts';
import { isInList } from '../../../live/key-filter.ts';
import { EXPIRING_DAYS, UNUSED_DAYS } from '../list/key-search.ts';

/** Days before a new key is reported as never used. */
const NEVER_USED_DAYS = 7;

/** Remedies, most likely first. */
export type Remedy = 'rotate' | 'extend' | 'revoke';

/** A reason to look at keys. */
export interface Concern {
  readonly id: string;
  readonly title: string;
  readonly meaning: string;
  /** Text of the empty list. */
  readonly none: string;
  readonly remedies: readonly Remedy[];
  readonly orderBy: ApiKeyOrder;
  /** The filter at this time, milliseconds since the epoch. */
  filter(now: number): ApiKeyFilter;
  /** A condition that the filter can't express. */
  fits?(key: KeyFactsFragment): boolean;
  why(key: KeyFactsFragment): ReactNode;
}

/** Keys that expire soon. */
export const EXPIRING: Concern = {
  id: 'expiring',
  title: 'Expiring',
  meaning: `Expires within ${EXPIRING_DAYS} days.`,
  none: `No key expires within ${EXPIRING_DAYS} days.`,
  remedies: ['extend', 'revoke'],
  orderBy: { field: 'EXPIRES_AT', direction: 'ASC' },
  filter: (now) => ({ status: ['ACTIVE'], expiresBefore: day(now, EXPIRING_DAYS) }),
  why: ({ expiresAt }) =>
    expiresAt && (
      <>
        Expires <RelativeTime at={expiresAt} />
      </>
    ),
};

/** Keys whose secret is older than the rotation policy allows. */
export const OVERDUE: Concern = {
  id: 'overdue',
  title: 'Rotation overdue',
  meaning: 'The organization’s policy requires a new secret.',
  none: 'No secret is older than the policy allows.',
  remedies: ['rotate', 'revoke'],
  orderBy: { field: 'CREATED_AT', direction: 'ASC' },
  filter: (now) => ({ status: ['ACTIVE'], rotationDueBefore: day(now, 0) }),
  why: ({ rotationDueAt }) =>
    rotationDueAt && (
      <>
        Was due <RelativeTime at={rotationDueAt} />
      </>
    ),
};

/** Keys that are no longer used. */
export const UNUSED: Concern = {
  id: 'unused',
  title: 'Unused',
  meaning: `Used before, but not in the last ${UNUSED_DAYS} days. Revoke keys that are no longer needed.`,
  none: `All keys that were ever used were used in the last ${UNUSED_DAYS} days.`,
  remedies: ['revoke'],
  // Keys that were never used come last, and are a separate concern.
  orderBy: { field: 'LAST_USED_AT', direction: 'DESC' },
  filter: (now) => ({ status: ['ACTIVE'], unusedSince: day(now, -UNUSED_DAYS) }),
  fits: ({ lastUsedAt }) => Boolean(lastUsedAt),
  why: ({ lastUsedAt }) =>
    lastUsedAt && (
      <>
        Last used <RelativeTime at={lastUsedAt} />
      </>
    ),
};

/** Keys that were never used. */
export const NEVER_USED: Concern = {
  id: 'never-used',
  title: 'Never used',
  meaning: `Created more than ${NEVER_USED_DAYS} days ago and never used.`,
  none: `Every key older than ${NEVER_USED_DAYS} days has been used.`,
  remedies: ['revoke'],
  orderBy: { field: 'LAST_USED_AT', direction: 'ASC' },
  filter: (now) => ({ status: ['ACTIVE'], unusedSince: day(now, -NEVER_USED_DAYS) }),
  fits: ({ lastUsedAt }) => !lastUsedAt,
  why: ({ createdAt }) => (
    <>
      Created <RelativeTime at={createdAt} />
    </>
  ),
};

/** Whether the current key still matches this concern. */
export function isOf(key: KeyFactsFragment, { fits }: Concern, filter: ApiKeyFilter): boolean {
  return isInList(key, filter) && (fits?.(key) ?? true);
}

function day(now: number, days: number): string {
  return new Date(now + days * DAY_MS).toISOString();
}
