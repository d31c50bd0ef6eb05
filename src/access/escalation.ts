import { EscalationError } from '../core/errors.ts';
import { missing } from './permissions.ts';
import type { Principal } from './principal.ts';

/**
 * Throws EscalationError unless the caller itself holds all of these: nobody grants what they do not hold. `teamIds` are
 * the teams that they are granted for, none: for all. A key bound to teams holds what it holds for these teams alone.
 */
export function refuseEscalation(
  principal: Principal,
  organizationId: string,
  permissions: readonly string[],
  teamIds: readonly string[] = [],
): void {
  if (reachesBeyond(principal, teamIds))
    throw new EscalationError(permissions, 'A key bound to teams grants nothing beyond its teams');
  const lacking = missing(principal.permissionsIn(organizationId), permissions);
  if (lacking.length > 0) throw new EscalationError(lacking);
}

/** Those of the permissions, held by somebody for all teams, that the caller doesn't hold so. */
export function lackedBy(
  principal: Principal,
  organizationId: string,
  permissions: readonly string[],
): readonly string[] {
  return reachesBeyond(principal, [])
    ? permissions
    : missing(principal.permissionsIn(organizationId), permissions);
}

/** Whether the caller is a key bound to teams, and these (none: all) are not all among them. */
function reachesBeyond(principal: Principal, teamIds: readonly string[]): boolean {
  const own = principal.kind === 'key' ? principal.teamIds : [];
  return own.length > 0 && (teamIds.length === 0 || !teamIds.every((id) => own.includes(id)));
}
