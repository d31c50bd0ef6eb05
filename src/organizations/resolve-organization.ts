import type { AuthorizationContext } from '../access/authorize.ts';
import type { Principal } from '../access/principal.ts';
import { NotFoundError, UnauthenticatedError, ValidationError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';

/**
 * Resolves an optional organization id: the one provided if it is visible to the caller, otherwise the caller's only
 * one. Throws UnauthenticatedError, NotFoundError, or a ValidationError at `path`. Doesn't query the database.
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
