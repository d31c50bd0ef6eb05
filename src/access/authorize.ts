import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../core/errors.ts';
import type { Principal } from './principal.ts';

/** Anything that knows who is asking; null: nobody said who they are. */
export interface Asked {
  readonly principal: Principal | null;
}

/**
 * The caller, if it holds the permission in the organization. Throws UnauthenticatedError, NotFoundError (the
 * organization, for who is no part of it) or ForbiddenError.
 */
export function authorize(ctx: Asked, organizationId: string, permission: string): Principal {
  const { principal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  if (!principal.isOf(organizationId)) throw new NotFoundError(organizationId, 'organization');
  if (!principal.can(organizationId, permission)) throw new ForbiddenError(permission);
  return principal;
}

/** The caller, if it holds the permission anywhere: asked before an id tells in which organization. */
export function authorizeSomewhere(ctx: Asked, permission: string): Principal {
  const { principal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  if (!principal.canSomewhere(permission)) throw new ForbiddenError(permission);
  return principal;
}
