import type { Context } from '../../context.ts';
import { organizationNamed } from '../../organizations/organization-named.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The id of an organization in the database, named by id or slug or else in KEYWRIGHT_ORGANIZATION, or the only one.
 * Rejects with NotFoundError, or UsageError if it has to be named.
 */
export async function organizationInDatabase(
  { env }: Pick<Io, 'env'>,
  ctx: Context,
  slugOrId: string | undefined,
): Promise<string> {
  const named = slugOrId ?? (env.KEYWRIGHT_ORGANIZATION || undefined);
  if (named !== undefined) return organizationNamed(ctx, named);
  const [only, other] = await ctx.db.selectFrom('organizations').select('id').limit(2).execute();
  if (only && !other) return only.id;
  throw new UsageError(
    only
      ? '--organization: is required, because there are several'
      : 'There is no organization yet: create one with keywright init',
  );
}
