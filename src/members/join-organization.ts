import type { Change } from '../command.ts';
import { ConflictError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { userByEmail } from './user-by-email.ts';

/** The person who joins and the role; already validated. */
export interface NewMember {
  readonly organizationId: string;
  /** Lower-case. An existing user with this address keeps their account. */
  readonly email: string;
  /** The person's name in this organization. Null: only the address is known. */
  readonly name: string | null;
  readonly roleId: string;
}

/** Adds a member without an invitation. Rejects with ConflictError if the person is already a member. */
export async function joinOrganization(
  { tx, now, audit }: Change,
  { organizationId, email, name, roleId }: NewMember,
): Promise<{ userId: string; membershipId: string }> {
  const userId = await userByEmail(tx, email, name, now);
  const membershipId = newId('mem');
  const inserted = await tx
    .insertInto('memberships')
    .values({
      id: membershipId,
      organization_id: organizationId,
      user_id: userId,
      role_id: roleId,
      name,
      created_at: now,
      joined_at: now,
      confirmed: 1,
      invited_by: null,
    })
    .onConflict((conflict) => conflict.columns(['organization_id', 'user_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) throw new ConflictError('OTHER', `${email} is already a member of this organization`);
  const changes = { userId: [null, userId], email: [null, email], roleId: [null, roleId] } as const;
  audit({ organizationId, action: 'member.joined', targetId: membershipId, changes });
  return { userId, membershipId };
}
