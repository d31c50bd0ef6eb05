import { callerNow, type Outcome, write } from '../command.ts';
import type { Context } from '../context.ts';
import { ForbiddenError, UnauthenticatedError } from '../core/errors.ts';
import { Input } from '../core/input.ts';
import { insertOrganization } from './insert-organization.ts';
import type { Organization } from './organization.ts';
import { readKeyPrefix } from './read-key-prefix.ts';
import { readSlug } from './slug.ts';

/** Input for a new organization. */
export interface CreateOrganizationInput {
  readonly name: string;
  /** Omitted or null: derived from the name, with a number if it is taken. */
  readonly slug?: string | null | undefined;
  /** Omitted or null: the server's default. */
  readonly keyPrefix?: string | null | undefined;
}

/**
 * Creates an organization with the roles owner, admin and member. Only for operators and Keywright itself: rejects with
 * UnauthenticatedError or ForbiddenError for anyone else, with ValidationError, or with ConflictError if the provided
 * slug is taken.
 */
export async function createOrganization(
  ctx: Context,
  params: CreateOrganizationInput,
): Promise<Outcome<Organization>> {
  const { principal, config } = ctx;
  if (!principal) throw new UnauthenticatedError();
  if (principal.kind !== 'operator' && principal.kind !== 'system')
    throw new ForbiddenError('organization.create');
  const input = new Input();
  const organization = {
    name: input.name(['input', 'name'], params.name),
    slug: params.slug == null ? null : readSlug(input, ['input', 'slug'], params.slug),
    keyPrefix: readKeyPrefix(input, ['input', 'keyPrefix'], params.keyPrefix ?? config.keyPrefix),
    maxActiveApiKeys: config.maxActiveApiKeys,
  };
  input.check();
  return write(ctx, async (change) => {
    const inserted = await insertOrganization(change, organization);
    // There is nothing to lock yet. SQLite transactions should begin with a write, so this comes last.
    await callerNow(ctx, change.tx);
    return inserted.organization;
  });
}
