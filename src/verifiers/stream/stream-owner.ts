import { authorizeSomewhere } from '../../access/authorize.ts';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { VERIFY_PERMISSION } from '../verifiers-context.ts';
import type { StreamOwner } from './verifier-stream.ts';

/**
 * The credential of a verifier, and the organization whose keys it verifies. Throws UnauthenticatedError,
 * ForbiddenError, or BAD_REQUEST for a session with the permission in several organizations.
 */
export function ownerOf(ctx: { readonly principal: Principal | null }): StreamOwner {
  const principal = authorizeSomewhere(ctx, VERIFY_PERMISSION);
  switch (principal.kind) {
    case 'key':
      return { credential: principal.keyId, organizationId: principal.organizationIds[0] };
    case 'operator':
      return { credential: principal.tokenId, organizationId: null };
    case 'system':
      return { credential: principal.actor, organizationId: null };
    case 'user': {
      const ids = principal.organizationIds.filter((id) => principal.can(id, VERIFY_PERMISSION));
      const [organizationId, ...others] = ids;
      if (organizationId !== undefined && others.length === 0)
        return { credential: principal.sessionId, organizationId };
      throw new AppError(
        'BAD_REQUEST',
        'A session for several organizations can’t open a stream of verifier events: use an API key or an operator token',
      );
    }
  }
}
