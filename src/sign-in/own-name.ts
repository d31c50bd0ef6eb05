import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';

/**
 * What a user is called in a session: by the own name, or, where the session reaches one organization alone, as that
 * organization knows the user. Whoever invited someone and opens the link must not learn a name given elsewhere.
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
