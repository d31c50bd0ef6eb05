import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../core/errors.ts';
import { covers } from './permissions.ts';
import type { Principal } from './principal.ts';

/** Anything that knows who is asking; null: nobody said who they are. */
export interface AuthorizationContext {
  readonly principal: Principal | null;
}

/** Why the caller is denied: it lacks the permission, or is bound to teams and the permission concerns more than them. */
export function forbidden(principal: Principal, permission: string): ForbiddenError {
  const bound = principal.kind === 'key' && principal.limits.teamIds.length > 0;
  const held =
    bound && principal.organizationIds.some((id) => covers(principal.permissionsIn(id), permission));
  if (!held) return new ForbiddenError(permission);
  return new ForbiddenError(permission, `An API key bound to teams can't use the permission ${permission}`);
}

/**
 * The caller, if it holds the permission in the organization. Throws UnauthenticatedError, NotFoundError (the
 * organization, for who is no part of it) or ForbiddenError.
 */
export function authorize(ctx: AuthorizationContext, organizationId: string, permission: string): Principal {
  const { principal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  if (!principal.isOf(organizationId)) throw new NotFoundError(organizationId, 'organization');
  if (!principal.can(organizationId, permission)) throw forbidden(principal, permission);
  return principal;
}

/** The caller, if it holds the permission anywhere: asked before an id tells in which organization. */
export function authorizeSomewhere(ctx: AuthorizationContext, permission: string): Principal {
  const { principal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  if (!principal.canSomewhere(permission)) throw forbidden(principal, permission);
  return principal;
}
