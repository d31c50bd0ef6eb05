import { byAge, type Page, type PageArgs, readPage } from '../../db/queries/page.ts';
import type { Context } from '../context.ts';
import { UnauthenticatedError } from '../core/errors.ts';
import { ORGANIZATION_COLUMNS, type Organization, toOrganization } from './organization.ts';

const BY_AGE = byAge('organizations', 'organizations');

/** The organizations that the caller belongs to, oldest first. For an operator, all of them. */
export async function listOrganizations(ctx: Context, page: PageArgs): Promise<Page<Organization>> {
  const { principal, db } = ctx;
  if (!principal) throw new UnauthenticatedError();
  const all = db.selectFrom('organizations').select(ORGANIZATION_COLUMNS);
  if (principal.kind === 'operator' || principal.kind === 'system')
    return readPage(all, BY_AGE, page, toOrganization, () => ctx.scans.readerOfAll(db));
  const ids = [...principal.organizationIds];
  const own = ids.length > 0 ? all.where('id', 'in', ids) : all.where((eb) => eb.lit(false));
  return readPage(own, BY_AGE, page, toOrganization, async () => db);
}
