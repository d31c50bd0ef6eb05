import type { Principal } from '../access/principal.ts';
import type { Services } from '../context.ts';
import { refreshOperator, refreshSession } from '../sessions/refresh-principal.ts';
import { refreshKey } from '../verification-host/refresh-key.ts';

/**
 * Reloads the owner of a credential with its current permissions, from this address; null if it is no longer accepted.
 * Doesn't count as a use.
 */
export function refreshPrincipal(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  principal: Principal,
  ip: string | null,
): Promise<Principal | null> {
  if (principal.kind === 'user') return refreshSession(db, clock, principal.sessionId);
  if (principal.kind === 'key') return refreshKey(db, clock, principal, ip);
  if (principal.kind === 'operator') return refreshOperator(db, principal.tokenId);
  return Promise.resolve(principal);
}
