import { DAY_MS } from '../../../api/clock.ts';
import type { KeyFactsFragment, SecretStatus } from '../../../generated/graphql.ts';
import { EXPIRING_DAYS } from './key-search.ts';

/** What somebody should know about a key that works. */
export type Condition = 'overdue' | 'expiring' | 'rotating';

/** A condition, and the time that it is about: when rotation was due, when the key or its previous secret expires. */
export interface KnownCondition {
  readonly condition: Condition;
  readonly at: string;
}

type Timed = Pick<KeyFactsFragment, 'status' | 'expiresAt' | 'rotationDueAt'>;
type Secrets = readonly { readonly status: SecretStatus; readonly expiresAt: string | null }[];

/** The conditions of a key at a time (milliseconds), the most urgent first. Its thresholds are those of the filters. */
export function conditionsOf(
  { status, expiresAt, rotationDueAt }: Timed,
  secrets: Secrets,
  time: number,
): readonly KnownCondition[] {
  const found: KnownCondition[] = [];
  const isActive = status === 'ACTIVE';
  if (isActive && rotationDueAt && Date.parse(rotationDueAt) < time)
    found.push({ condition: 'overdue', at: rotationDueAt });
  if (isActive && expiresAt && Date.parse(expiresAt) < time + EXPIRING_DAYS * DAY_MS)
    found.push({ condition: 'expiring', at: expiresAt });
  const until = retiringUntil(secrets, time);
  if (until && (isActive || status === 'DISABLED')) found.push({ condition: 'rotating', at: until });
  return found;
}

/** The latest time until which a previous secret is accepted. Whether it has passed is known only here. */
function retiringUntil(secrets: Secrets, time: number): string | null {
  const ends = secrets.flatMap(({ status, expiresAt }) =>
    status === 'RETIRING' && expiresAt && Date.parse(expiresAt) > time ? [expiresAt] : [],
  );
  return ends.sort((one, other) => Date.parse(other) - Date.parse(one))[0] ?? null;
}
