import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { type AuthorizationContext, authorize } from './authorize.ts';

/**
 * Lets a reader into an organization. Rejects with UnauthenticatedError, NotFoundError where the organization does not
 * exist for the caller, or ForbiddenError.
 */
export async function requireOrganization(
  ctx: AuthorizationContext & { readonly db: Kysely<Tables> },
  organizationId: string,
  permission: string,
): Promise<void> {
  if (!isId('org', organizationId)) throw new NotFoundError(organizationId, 'organization');
  const { kind } = authorize(ctx, organizationId, permission);
  // Members and keys have theirs from the database; the others can name one that isn't there.
  if (kind === 'user' || kind === 'key') return;
  const found = await ctx.db
    .selectFrom('organizations')
    .select('id')
    .where('id', '=', organizationId)
    .executeTakeFirst();
  if (!found) throw new NotFoundError(organizationId, 'organization');
}
