import { EscalationError, type KeyRestriction } from '../core/errors.ts';
import { Turns } from '../core/paced.ts';
import { exceededRestrictions, type KeyLimits } from './key-limits.ts';
import { missing } from './permissions.ts';
import type { Principal } from './principal.ts';

const RESTRICTED = "An API key can't exceed its own restrictions";
const RETIRING = `${RESTRICTED}, and this secret is being replaced: use the key's new secret`;

/**
 * Rejects with EscalationError unless the caller has all of these permissions and, for an API key, its restrictions are
 * no tighter than those of any holder, present or future. Pass UNRESTRICTED for a person and no holder for a role
 * without holders. Comparing many holders takes long, so other work is served in between.
 */
export async function refuseEscalation(
  principal: Principal,
  organizationId: string,
  permissions: readonly string[],
  holders: Iterable<KeyLimits>,
): Promise<void> {
  const lacking = missing(principal.permissionsIn(organizationId), permissions);
  const restrictions = await exceededBy(principal, holders);
  const retires = principal.kind === 'key' && principal.secretRetires && restrictions.includes('EXPIRES_AT');
  if (restrictions.length > 0)
    throw new EscalationError(lacking, retires ? RETIRING : RESTRICTED, restrictions);
  if (lacking.length > 0) throw new EscalationError(lacking);
}

async function exceededBy(principal: Principal, holders: Iterable<KeyLimits>): Promise<KeyRestriction[]> {
  if (principal.kind !== 'key') return [];
  const exceeded = new Set<KeyRestriction>();
  const turns = new Turns();
  for (const holder of holders) {
    for (const restriction of exceededRestrictions(principal.limits, holder)) exceeded.add(restriction);
    if (turns.isOver) await turns.rest();
  }
  return [...exceeded];
}
