import type { Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { newId } from '../core/ids.ts';

/**
 * The id of the user with this address (lower-case), who is created if necessary. An existing user keeps their name.
 */
export async function userByEmail(
  tx: Transaction<Tables>,
  email: string,
  name: string | null,
  now: number,
): Promise<string> {
  await tx
    .insertInto('users')
    .values({ id: newId('user'), email, name, created_at: now })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .execute();
  const user = await tx.selectFrom('users').select('id').where('email', '=', email).executeTakeFirstOrThrow();
  return user.id;
}
