import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { Change } from '../command.ts';
import { OidcFault } from './oidc-fault.ts';
import type { OidcIdentity } from './oidc-identity.ts';

/** The user of an identity. */
export interface IdentifiedUser {
  readonly userId: string;
  /** Address in Keywright, which may differ from the provider's. */
  readonly email: string;
  /** Whether the identity is already linked to the user. */
  readonly linked: boolean;
}

/**
 * The user of an identity, or null: by issuer and subject or, for a user without a linked identity, by address. Rejects
 * with OidcFault if the address belongs to a user with another identity: addresses are reassigned, subjects are not.
 */
export async function findIdentified(
  db: Kysely<Tables>,
  { issuer, subject, email }: OidcIdentity,
): Promise<IdentifiedUser | null> {
  const own = await db
    .selectFrom('user_identities')
    .innerJoin('users', 'users.id', 'user_identities.user_id')
    .select(['users.id', 'users.email'])
    .where('user_identities.issuer', '=', issuer)
    .where('user_identities.subject', '=', subject)
    .executeTakeFirst();
  if (own) return { userId: own.id, email: own.email, linked: true };
  const known = await db
    .selectFrom('users')
    .leftJoin('user_identities', 'user_identities.user_id', 'users.id')
    .select(['users.id', 'users.email', 'user_identities.issuer', 'user_identities.subject'])
    .where('users.email', '=', email)
    .executeTakeFirst();
  if (!known) return null;
  // A concurrent sign-in may have linked the identity.
  const linked = known.issuer === issuer && known.subject === subject;
  if (known.subject !== null && !linked)
    throw new OidcFault('refused', 'the e-mail address belongs to a user who is linked to another identity');
  return { userId: known.id, email: known.email, linked };
}

/** Links the identity to the user permanently. The caller has locked the organizations. */
export async function linkIdentity(
  { tx, now, audit }: Change,
  userId: string,
  { issuer, subject }: OidcIdentity,
  organizationIds: readonly string[],
): Promise<void> {
  const linked = await tx
    .insertInto('user_identities')
    .values({ issuer, subject, user_id: userId, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .executeTakeFirst();
  if (!linked) throw new OidcFault('failed', 'the user or the identity has been linked in the meantime');
  for (const organizationId of organizationIds) {
    const changes = { issuer: [null, issuer] } as const;
    audit({ organizationId, action: 'identity.linked', actor: userId, targetId: userId, changes });
  }
}
