import { authorize } from '../access/authorize.ts';
import type { Context } from '../context.ts';
import { UnauthenticatedError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { loadOrganizations, type Organization } from './organization.ts';

/**
 * The organization, or null if the caller doesn't belong to it. Rejects with ForbiddenError for a member without
 * `organization.view`.
 */
export async function findOrganization(ctx: Context, id: string): Promise<Organization | null> {
  const { principal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  if (!isId('org', id) || !principal.isOf(id)) return null;
  authorize(ctx, id, 'organization.view');
  const [organization] = await loadOrganizations(ctx.db, [id]);
  return organization ?? null;
}
