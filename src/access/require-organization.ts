import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { type AuthorizationContext, authorize } from './authorize.ts';

/**
 * Checks that the caller may read an organization. Rejects with UnauthenticatedError, ForbiddenError, or NotFoundError
 * if the organization is not visible to the caller.
 */
export async function requireOrganization(
  ctx: AuthorizationContext & { readonly db: Kysely<Tables> },
  organizationId: string,
  permission: string,
): Promise<void> {
  if (!isId('org', organizationId)) throw new NotFoundError(organizationId, 'organization');
  const { kind } = authorize(ctx, organizationId, permission);
  // The organizations of members and keys come from the database. Other callers can name one that doesn't exist.
  if (kind === 'user' || kind === 'key') return;
  const found = await ctx.db
    .selectFrom('organizations')
    .select('id')
    .where('id', '=', organizationId)
    .executeTakeFirst();
  if (!found) throw new NotFoundError(organizationId, 'organization');
}
