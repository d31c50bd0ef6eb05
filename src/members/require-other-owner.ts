import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { ConflictError } from '../core/errors.ts';
import type { Role } from '../roles/role.ts';
import type { Membership } from './membership.ts';

/**
 * Rejects with ConflictError if the membership is that of the last owner who has joined. The caller has locked the
 * organization, so that two owners can't be removed concurrently.
 */
export async function requireOtherOwner(
  db: Kysely<Tables>,
  membership: Membership,
  role: Role,
): Promise<void> {
  const isOwner = role.system && role.name === 'owner' && membership.joinedAt !== null;
  if (!isOwner) return;
  const other = await db
    .selectFrom('memberships')
    .select('id')
    .where('role_id', '=', role.id)
    .where('joined_at', 'is not', null)
    .where('id', '!=', membership.id)
    .limit(1)
    .executeTakeFirst();
  if (!other)
    throw new ConflictError(
      'LAST_OWNER',
      "The last owner of the organization can't be removed or given another role",
    );
}
