import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';

/** A person who can sign in. */
export interface User {
  readonly id: string;
  /** The user's own name, or the name that an organization knows them by. */
  readonly name: string | null;
  /** Lower-case, unique. */
  readonly email: string;
}

const COLUMNS = ['users.id', 'users.name', 'users.email'] as const;

/** The existing users, by their own names, in any order. */
export async function loadUsers(db: Kysely<Tables>, ids: readonly string[]): Promise<User[]> {
  if (ids.length === 0) return [];
  return db.selectFrom('users').select(COLUMNS).where('id', 'in', ids).execute();
}

/** A user as known to an organization: a member, or a person in its audit log. */
export interface KnownUser {
  readonly organizationId: string;
  readonly userId: string;
}

/**
 * The users in the same order, each by the organization's own name for them: null for former members, and never a name
 * from elsewhere. Null if the user doesn't exist.
 */
export async function loadKnownUsers(
  db: Kysely<Tables>,
  known: readonly KnownUser[],
): Promise<(User | null)[]> {
  if (known.length === 0) return [];
  const userIds = [...new Set(known.map(({ userId }) => userId))];
  const users = new Map((await loadUsers(db, userIds)).map((user) => [user.id, user]));
  const memberships = await db
    .selectFrom('memberships')
    .select(['organization_id', 'user_id', 'name'])
    .where('user_id', 'in', userIds)
    .where('organization_id', 'in', [...new Set(known.map(({ organizationId }) => organizationId))])
    .execute();
  const names = new Map(memberships.map((row) => [`${row.organization_id} ${row.user_id}`, row.name]));
  return known.map(({ organizationId, userId }) => {
    const user = users.get(userId);
    return user ? { ...user, name: names.get(`${organizationId} ${userId}`) ?? null } : null;
  });
}
