import { EscalationError, type KeyRestriction } from '../core/errors.ts';
import { exceededRestrictions, type KeyLimits } from './key-limits.ts';
import { missing } from './permissions.ts';
import type { Principal } from './principal.ts';

const RESTRICTED = 'An API key passes on at most its own restrictions';

/**
 * Throws EscalationError unless the caller holds all of these permissions and, where it is an API key, is bound no more
 * tightly than any of the holders: everybody and everything that has the permissions, or would get them. Pass
 * UNRESTRICTED for a person, no holder for a role that nobody has.
 */
export function refuseEscalation(
  principal: Principal,
  organizationId: string,
  permissions: readonly string[],
  holders: readonly KeyLimits[],
): void {
  const lacking = missing(principal.permissionsIn(organizationId), permissions);
  const restrictions = exceededBy(principal, holders);
  if (restrictions.length > 0) throw new EscalationError(lacking, RESTRICTED, restrictions);
  if (lacking.length > 0) throw new EscalationError(lacking);
}

function exceededBy(principal: Principal, holders: readonly KeyLimits[]): KeyRestriction[] {
  if (principal.kind !== 'key') return [];
  const { limits } = principal;
  return [...new Set(holders.flatMap((holder) => exceededRestrictions(limits, holder)))];
}
