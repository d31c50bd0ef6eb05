import { staleBy } from '../cluster/stale.ts';
import { CATCH_UP_MAX, type LoggedChange } from './change-queries.ts';
import type { CachedOrganization, VerifyCache } from './verify-cache.ts';

/**
 * Applies the changes that were read from an organization's log after `applied`, of which `last` is known to be the last
 * or an early one. Where some are missing, too many or not kept any more, everything of it is forgotten.
 */
export function catchUp(
  cache: VerifyCache,
  organization: CachedOrganization,
  last: number,
  changes: readonly LoggedChange[],
): void {
  const { id: organizationId, applied } = organization;
  const gapless = changes.every(({ sequence }, index) => sequence === applied + 1 + index);
  const complete = changes.length < CATCH_UP_MAX && applied <= last && last <= applied + changes.length;
  if (!gapless || !complete) {
    cache.forget(organization, Math.max(last, changes.at(-1)?.sequence ?? 0));
    return;
  }
  const logged = changes.map(({ sequence, action, target_id: targetId }) => {
    return { organizationId, sequence, action, targetId };
  });
  for (const stale of staleBy(logged)) cache.apply(stale);
}
