import type { Context } from '../context.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { requireCommandLine } from '../sessions/require-command-line.ts';
import type { Organization } from './organization.ts';
import { updateOrganization } from './update-organization.ts';

/** A limit on the keys of an organization. */
export interface LimitApiKeysInput {
  /** Its id or slug. */
  readonly organization: string;
  /** Maximum number of active keys, 0 to 2,147,483,647. Null: unlimited. Existing keys above the limit are kept. */
  readonly maxActiveApiKeys: number | null;
}

/**
 * Sets the maximum number of active keys of an organization by its id or slug. Only for the command line. Rejects with
 * what `updateOrganization` rejects with.
 */
export async function limitApiKeys(ctx: Context, params: LimitApiKeysInput): Promise<Organization> {
  requireCommandLine(ctx, 'organization.limit');
  const { organization, maxActiveApiKeys } = params;
  const id = isId('org', organization) ? organization : await findBySlug(ctx, organization);
  return (await updateOrganization(ctx, { id, maxActiveApiKeys })).result;
}

async function findBySlug({ db }: Context, slug: string): Promise<string> {
  // Treated as a slug only if it has the format of one. No other text reaches the database.
  const row = /^[a-z0-9-]{1,60}$/.test(slug)
    ? await db.selectFrom('organizations').select('id').where('slug', '=', slug).executeTakeFirst()
    : undefined;
  if (!row) throw new NotFoundError(slug, 'organization', 'ID or slug');
  return row.id;
}
