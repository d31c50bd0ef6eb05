import type { Context } from '../context.ts';
import { ForbiddenError, UnauthenticatedError } from '../core/errors.ts';

/** Throws unless the caller is Keywright's command line. No credential is sufficient. */
export function requireCommandLine({ principal }: Context, permission: string): void {
  if (!principal) throw new UnauthenticatedError();
  if (principal.kind !== 'system') throw new ForbiddenError(permission);
}
