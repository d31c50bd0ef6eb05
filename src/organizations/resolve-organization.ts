import type { AuthorizationContext } from '../access/authorize.ts';
import type { Principal } from '../access/principal.ts';
import { NotFoundError, UnauthenticatedError, ValidationError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';

/**
 * Which organization is meant. The one given, if it exists for the caller; left out, a key's own or a user's single one.
 * Throws UnauthenticatedError, NotFoundError, or ValidationError where it must be said, which names `path`. Reads
 * nothing: whether an operator's organization exists, the verb finds out.
 */
export function resolveOrganizationId(
  ctx: AuthorizationContext,
  given: string | null | undefined,
  path: readonly string[] = ['input', 'organizationId'],
): string {
  const { principal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  if (given !== null && given !== undefined) {
    if (isId('org', given) && principal.isOf(given)) return given;
    throw new NotFoundError(given, 'organization');
  }
  const [only, ...others] = organizationsOf(principal);
  if (only !== undefined && others.length === 0) return only;
  throw new ValidationError([{ path, message: 'is required unless you belong to exactly one organization' }]);
}

function organizationsOf(principal: Principal): readonly string[] {
  return principal.kind === 'user' || principal.kind === 'key' ? principal.organizationIds : [];
}
