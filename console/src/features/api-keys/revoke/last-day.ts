import { useEffect } from 'react';
import { useDocument } from '../../../api/use-document.ts';
import { LastDayOfKeysDocument } from '../../../generated/graphql.ts';
import { useOrganization } from '../../../viewer/organization.tsx';

/** An operation's maximum cost bounds how many keys it can request usage for. */
const KEYS_MAX = 80;

/** The hours with uses of a key in the last 24 hours. */
export type Hours = readonly {
  readonly start: string;
  readonly verified: number;
  readonly denied: number;
}[];

/** The last 24 hours of up to 80 keys by id, updated by live uses. */
export function useLastDay(ids: readonly string[]): ReadonlyMap<string, Hours> {
  const { events } = useOrganization();
  const wanted = ids.slice(0, KEYS_MAX).join(' ');
  const requested = wanted === '' ? [] : wanted.split(' ');
  useEffect(() => (wanted ? events.watchUses(wanted.split(' ')) : undefined), [events, wanted]);
  const [{ data }] = useDocument(
    LastDayOfKeysDocument,
    { ids: requested },
    { pause: requested.length === 0 },
  );
  const hours = new Map<string, Hours>();
  for (const node of data?.nodes ?? [])
    if (node && 'usage' in node && node.usage) hours.set(node.id, node.usage);
  return hours;
}

/** Number of accepted uses in these hours. */
export function usesIn(hours: Hours): number {
  return hours.reduce((sum, { verified }) => sum + verified, 0);
}
