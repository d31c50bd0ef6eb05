import type { Context } from '../context.ts';
import { ForbiddenError, UnauthenticatedError } from '../core/errors.ts';

/** Refuses everybody but Keywright's own command line: what it does, no credential is enough for. */
export function requireCommandLine({ principal }: Context, permission: string): void {
  if (!principal) throw new UnauthenticatedError();
  if (principal.kind !== 'system') throw new ForbiddenError(permission);
}
