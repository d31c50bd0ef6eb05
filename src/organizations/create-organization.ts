import type { Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { callerNow, type Outcome, write } from '../command.ts';
import type { Context } from '../context.ts';
import { newId } from '../core/ids.ts';
import { Input } from '../core/input.ts';
import { attemptOf, once } from '../idempotency/answers.ts';
import { insertOrganization } from './insert-organization.ts';
import { type Organization, organizationById } from './organization.ts';
import { readKeyPrefix } from './read-key-prefix.ts';
import { requireOperator } from './require-operator.ts';
import { readSlug } from './slug.ts';

/** Input for a new organization. */
export interface CreateOrganizationInput {
  readonly name: string;
  /** Omitted or null: derived from the name, with a number if it is taken. */
  readonly slug?: string | null | undefined;
  /** Omitted or null: the server's default. */
  readonly keyPrefix?: string | null | undefined;
  /** 20 to 200 characters: a repetition within 24 hours returns the first answer. */
  readonly idempotencyKey?: string | null | undefined;
}

/** Scope of idempotency keys whose requests belong to no organization yet. */
const NO_ORGANIZATION = '';

/**
 * Creates an organization with the roles owner, admin and member. Only for operators and Keywright itself: rejects with
 * UnauthenticatedError or ForbiddenError for anyone else, with ValidationError, or with ConflictError if the provided
 * slug is taken.
 */
export async function createOrganization(
  ctx: Context,
  params: CreateOrganizationInput,
): Promise<Outcome<Organization>> {
  const principal = requireOperator(ctx, 'organization.create');
  const { config } = ctx;
  const input = new Input();
  const given = {
    name: input.name(['input', 'name'], params.name),
    slug: params.slug == null ? null : readSlug(input, ['input', 'slug'], params.slug),
    keyPrefix:
      params.keyPrefix == null ? null : readKeyPrefix(input, ['input', 'keyPrefix'], params.keyPrefix),
  };
  const idempotencyKey = input.idempotencyKey(params.idempotencyKey);
  input.check();
  const id = newId('org');
  const { keyPrefix, maxActiveApiKeys } = config;
  const organization = { id, ...given, keyPrefix: given.keyPrefix ?? keyPrefix, maxActiveApiKeys };
  const attempt = await attemptOf(ctx, id, idempotencyKey, NO_ORGANIZATION);
  return write(ctx, async (change) => {
    const { tx, now } = change;
    // There is no organization to lock yet. SQLite transactions should begin with a write.
    if (attempt && principal.kind === 'operator') await lockToken(tx, principal.tokenId);
    return once({ tx, now, principal: await callerNow(ctx, tx) }, attempt, ['createOrganization', given], {
      perform: async () => (await insertOrganization(change, organization)).organization,
      keep: (created) => created.id,
      repeat: (createdId) => organizationById(tx, createdId),
    });
  });
}

/** Makes the requests with this token wait for each other. */
async function lockToken(tx: Transaction<Tables>, id: string): Promise<void> {
  await tx
    .updateTable('operator_tokens')
    .set((eb) => ({ revoked_at: eb.ref('revoked_at') }))
    .where('id', '=', id)
    .execute();
}
