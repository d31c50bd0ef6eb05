import { write } from '../command.ts';
import type { Context } from '../context.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { Input } from '../core/input.ts';
import { requireCommandLine } from '../sessions/require-command-line.ts';
import { type Organization, organizationById } from './organization.ts';

/** A limit on the keys of an organization. */
export interface LimitApiKeysInput {
  /** Its id or slug. */
  readonly organization: string;
  /** Maximum number of active keys, 0 to 2,147,483,647. Null: unlimited. Existing keys above the limit are kept. */
  readonly maxActiveApiKeys: number | null;
}

const LIMIT_MAX = 2_147_483_647;

/**
 * Sets the maximum number of active keys of an organization. Once committed, no key beyond it is created. Only for the
 * command line, because it is the operator's decision. Rejects with ValidationError or NotFoundError. If nothing
 * differs, nothing is written.
 */
export async function limitApiKeys(ctx: Context, params: LimitApiKeysInput): Promise<Organization> {
  requireCommandLine(ctx, 'organization.limit');
  const { organization, maxActiveApiKeys: limit } = params;
  const input = new Input();
  const maxActiveApiKeys = limit === null ? null : input.integer(['limit'], limit, 0, LIMIT_MAX);
  input.check();
  const organizationId = isId('org', organization) ? organization : await findBySlug(ctx, organization);
  const { result } = await write(ctx, async ({ tx, lock, audit }) => {
    await lock(organizationId);
    const before = await organizationById(tx, organizationId);
    if (before.maxActiveApiKeys === maxActiveApiKeys) return before;
    await tx
      .updateTable('organizations')
      .set({ max_active_api_keys: maxActiveApiKeys })
      .where('id', '=', organizationId)
      .execute();
    const changes = { maxActiveApiKeys: [before.maxActiveApiKeys, maxActiveApiKeys] } as const;
    audit({ organizationId, action: 'organization.updated', targetId: organizationId, changes });
    return { ...before, maxActiveApiKeys };
  });
  return result;
}

async function findBySlug({ db }: Context, slug: string): Promise<string> {
  // Treated as a slug only if it has the format of one. No other text reaches the database.
  const row = /^[a-z0-9-]{1,60}$/.test(slug)
    ? await db.selectFrom('organizations').select('id').where('slug', '=', slug).executeTakeFirst()
    : undefined;
  if (!row) throw new NotFoundError(slug, 'organization', 'ID or slug');
  return row.id;
}
