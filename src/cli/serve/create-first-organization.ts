import { write } from '../../command.ts';
import type { Context } from '../../context.ts';
import { ConflictError } from '../../core/errors.ts';
import type { SignInLink } from '../../sign-in/create-sign-in-link.ts';
import { foundOrganization } from '../found-organization.ts';

const OWNER = { email: 'owner@localhost', name: 'Owner' };

/**
 * If there is no organization yet, creates `Default` with an owner and returns a sign-in link. Otherwise returns null.
 */
export async function createFirstOrganization(ctx: Context): Promise<SignInLink | null> {
  const any = await ctx.db.selectFrom('organizations').select('id').limit(1).executeTakeFirst();
  if (any) return null;
  const { keyPrefix } = ctx.config;
  const founding = { name: 'Default', slug: 'default', keyPrefix, owner: OWNER };
  try {
    const { result } = await write(ctx, (change) => foundOrganization(ctx, change, founding));
    return result.link;
  } catch (error) {
    // Another server started at the same time and created the organization first, with its own link.
    if (error instanceof ConflictError) return null;
    throw error;
  }
}
