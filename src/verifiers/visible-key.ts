import { sharesTeam } from '../access/key-scope.ts';
import type { Principal } from '../access/principal.ts';
import type { VerifiableKey } from '../verification/services.ts';
import { VERIFY_PERMISSION } from './verifiers-context.ts';

const HASH = /^[0-9a-f]{64}$/;

/** Whether a text is the SHA-256 hash of a secret. */
export function isHash(text: string): boolean {
  return HASH.test(text);
}

/** Whether the caller verifies this key. */
export function isVisible(
  principal: Principal,
  { organizationId, teamIds }: Pick<VerifiableKey, 'organizationId' | 'teamIds'>,
): boolean {
  return principal.can(organizationId, VERIFY_PERMISSION) && sharesTeam(principal.keyScope, teamIds);
}
