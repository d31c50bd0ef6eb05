import type { Context } from '../context.ts';
import { NotFoundError } from '../core/errors.ts';
import { Input } from '../core/input.ts';
import { organizationsOf, type UserOrganizations } from '../sessions/user-organizations.ts';

/**
 * The user with this address, and the user's organizations in the order of locks. Rejects with ValidationError, or
 * NotFoundError if no user has the address.
 */
export async function requireUserByEmail(
  { db }: Context,
  email: string,
): Promise<{ userId: string; organizations: UserOrganizations }> {
  const input = new Input();
  const address = input.email(['email'], email);
  // Everything that is stored must be found.
  input.checkForm();
  const user = await db.selectFrom('users').select('id').where('email', '=', address).executeTakeFirst();
  if (!user) throw new NotFoundError(address, 'user', 'e-mail address');
  return { userId: user.id, organizations: await organizationsOf(db, user.id) };
}
