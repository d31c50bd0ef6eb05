import type { Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';

/** Invalidates all links that invite the user to the organization. */
export async function withdrawInvitations(
  tx: Transaction<Tables>,
  userId: string,
  organizationId: string,
): Promise<void> {
  await tx
    .deleteFrom('sign_in_tokens')
    .where('user_id', '=', userId)
    .where('invites_to', '=', organizationId)
    .execute();
}
