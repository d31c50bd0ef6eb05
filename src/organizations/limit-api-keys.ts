import type { Context } from '../context.ts';
import { requireCommandLine } from '../sessions/require-command-line.ts';
import type { Organization } from './organization.ts';
import { organizationNamed } from './organization-named.ts';
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
  const id = await organizationNamed(ctx, params.organization);
  return (await updateOrganization(ctx, { id, maxActiveApiKeys: params.maxActiveApiKeys })).result;
}
