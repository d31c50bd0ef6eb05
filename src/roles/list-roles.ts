import { byAge, type Page, type PageArgs, readPage } from '../../db/queries/page.ts';
import { requireOrganization } from '../access/require-organization.ts';
import type { Context } from '../context.ts';
import { ROLE_COLUMNS, type Role, toRole } from './role.ts';

const BY_AGE = byAge('roles', 'current_roles');

/** The roles of an organization, oldest first. Requires `role.view`. */
export async function listRoles(ctx: Context, organizationId: string, page: PageArgs): Promise<Page<Role>> {
  await requireOrganization(ctx, organizationId, 'role.view');
  const query = ctx.db
    .selectFrom('current_roles')
    .select(ROLE_COLUMNS)
    .where('organization_id', '=', organizationId);
  const counted = () => ctx.scans.reader(ctx.db, 'roles', organizationId);
  return readPage(query, BY_AGE, page, toRole, counted);
}
