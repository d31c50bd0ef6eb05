import type { Context } from '../context.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';

/** The id of an organization given by id or slug. Rejects with NotFoundError if there is no such slug. */
export async function organizationNamed({ db }: Pick<Context, 'db'>, idOrSlug: string): Promise<string> {
  if (isId('org', idOrSlug)) return idOrSlug;
  // Treated as a slug only if it has the format of one. No other text reaches the database.
  const row = /^[a-z0-9-]{1,60}$/.test(idOrSlug)
    ? await db.selectFrom('organizations').select('id').where('slug', '=', idOrSlug).executeTakeFirst()
    : undefined;
  if (!row) throw new NotFoundError(idOrSlug, 'organization', 'ID or slug');
  return row.id;
}
