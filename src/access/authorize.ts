import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../core/errors.ts';
import { covers } from './permissions.ts';
import type { Principal } from './principal.ts';

/** What authorization needs to know about a request. */
export interface AuthorizationContext {
  readonly principal: Principal | null;
}

/**
 * The error for a caller that lacks the permission, or that is bound to teams while the permission concerns the whole
 * organization.
 */
export function forbidden(principal: Principal, permission: string): ForbiddenError {
  const bound = principal.kind === 'key' && principal.limits.teamIds.length > 0;
  const held =
    bound && principal.organizationIds.some((id) => covers(principal.permissionsIn(id), permission));
  if (!held) return new ForbiddenError(permission);
  return new ForbiddenError(permission, `An API key bound to teams can't use the permission ${permission}`);
}

/**
 * Returns the caller if it has the permission in the organization. Throws UnauthenticatedError, ForbiddenError, or
 * NotFoundError for an organization that the caller doesn't belong to.
 */
export function authorize(ctx: AuthorizationContext, organizationId: string, permission: string): Principal {
  const { principal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  if (!principal.isOf(organizationId)) throw new NotFoundError(organizationId, 'organization');
  if (!principal.can(organizationId, permission)) throw forbidden(principal, permission);
  return principal;
}

/** Returns the caller if it has the permission in any organization. Used before the organization of an id is known. */
export function authorizeSomewhere(ctx: AuthorizationContext, permission: string): Principal {
  const { principal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  if (!principal.canSomewhere(permission)) throw forbidden(principal, permission);
  return principal;
}
