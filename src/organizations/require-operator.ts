import type { OperatorPrincipal, SystemPrincipal } from '../access/principal.ts';
import type { Context } from '../context.ts';
import { ForbiddenError, UnauthenticatedError } from '../core/errors.ts';

/** Throws unless the caller, which is returned, is an operator token or Keywright itself. `permission` names the attempt. */
export function requireOperator(
  { principal }: Context,
  permission: string,
): OperatorPrincipal | SystemPrincipal {
  if (!principal) throw new UnauthenticatedError();
  if (principal.kind === 'operator' || principal.kind === 'system') return principal;
  throw new ForbiddenError(permission, `The permission ${permission} is reserved for operator tokens`);
}
