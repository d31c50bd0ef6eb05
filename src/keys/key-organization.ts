import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { loadOrganizations, type Organization } from '../organizations/organization.ts';

/** The organization that keys belong to: its prefix, limits and policies. Rejects with NotFoundError. */
export async function keyOrganization(db: Kysely<Tables>, id: string): Promise<Organization> {
  const [organization] = isId('org', id) ? await loadOrganizations(db, [id]) : [];
  if (!organization) throw new NotFoundError(id, 'organization');
  return organization;
}
