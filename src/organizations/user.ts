import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';

/** A person who signs in. */
export interface User {
  readonly id: string;
  readonly name: string | null;
  /** Lower-case, unique. */
  readonly email: string;
}

const COLUMNS = ['users.id', 'users.name', 'users.email'] as const;

/** Those of the users that exist, in any order. */
export async function loadUsers(db: Kysely<Tables>, ids: readonly string[]): Promise<User[]> {
  if (ids.length === 0) return [];
  return db.selectFrom('users').select(COLUMNS).where('id', 'in', ids).execute();
}
