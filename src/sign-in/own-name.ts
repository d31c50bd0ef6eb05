import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';

/**
 * The user's name in a session: the user's own or, if the session is limited to one organization, the name in that
 * organization. An inviter who opens the link must not learn names from elsewhere.
 */
export async function findOwnName(
  db: Kysely<Tables>,
  userId: string,
  limitedTo: string | null,
): Promise<string | null> {
  const row = await (limitedTo === null
    ? db.selectFrom('users').select('name').where('id', '=', userId).executeTakeFirst()
    : db
        .selectFrom('memberships')
        .select('name')
        .where('user_id', '=', userId)
        .where('organization_id', '=', limitedTo)
        .executeTakeFirst());
  return row?.name ?? null;
}
