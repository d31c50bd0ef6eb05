import type { AuthorizationContext } from '../access/authorize.ts';
import type { Principal } from '../access/principal.ts';
import { NotFoundError, UnauthenticatedError, ValidationError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';

/**
 * Resolves an optional organization id: the provided one if it is visible to the caller, or else the caller's only one.
 * Throws UnauthenticatedError, NotFoundError, or a ValidationError at `path`. Doesn't query the database.
 */
export function resolveOrganizationId(
  ctx: AuthorizationContext,
  provided: string | null | undefined,
  path: readonly string[] = ['input', 'organizationId'],
): string {
  const { principal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  if (provided !== null && provided !== undefined) {
    if (isId('org', provided) && principal.isOf(provided)) return provided;
    throw new NotFoundError(provided, 'organization');
  }
  const ids = organizationsOf(principal);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return only;
  const message = `is required because ${reason(principal, ids)}`;
  throw new ValidationError([{ path, code: 'REQUIRED', message }]);
}

/** Organizations named in an error. */
const NAMED_MAX = 10;

function reason(principal: Principal, ids: readonly string[]): string {
  if (principal.kind === 'operator') return 'operator tokens have access to all organizations';
  if (ids.length === 0) return "you don't belong to an organization";
  const named = ids.slice(0, NAMED_MAX).join(', ');
  return `you belong to more than one organization: ${named}${ids.length > NAMED_MAX ? ', …' : ''}`;
}

function organizationsOf(principal: Principal): readonly string[] {
  return principal.kind === 'user' || principal.kind === 'key' ? principal.organizationIds : [];
}
