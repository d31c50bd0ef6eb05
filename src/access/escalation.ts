import { EscalationError, type KeyRestriction } from '../core/errors.ts';
import { exceededRestrictions, type KeyLimits } from './key-limits.ts';
import { missing } from './permissions.ts';
import type { Principal } from './principal.ts';

const RESTRICTED = "An API key can't exceed its own restrictions";
const RETIRING = `${RESTRICTED}, and this secret is being replaced: use the key's new secret`;

/**
 * Throws EscalationError unless the caller has all of these permissions and, for an API key, its restrictions are no
 * tighter than those of any holder, present or future. Pass UNRESTRICTED for a person and no holder for a role without
 * holders.
 */
export function refuseEscalation(
  principal: Principal,
  organizationId: string,
  permissions: readonly string[],
  holders: readonly KeyLimits[],
): void {
  const lacking = missing(principal.permissionsIn(organizationId), permissions);
  const restrictions = exceededBy(principal, holders);
  const retires = principal.kind === 'key' && principal.secretRetires && restrictions.includes('EXPIRES_AT');
  if (restrictions.length > 0)
    throw new EscalationError(lacking, retires ? RETIRING : RESTRICTED, restrictions);
  if (lacking.length > 0) throw new EscalationError(lacking);
}

function exceededBy(principal: Principal, holders: readonly KeyLimits[]): KeyRestriction[] {
  if (principal.kind !== 'key') return [];
  const { limits } = principal;
  return [...new Set(holders.flatMap((holder) => exceededRestrictions(limits, holder)))];
}
