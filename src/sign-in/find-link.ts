import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { isOutgrown } from '../sessions/link-ceiling.ts';
import { hashToken, isToken, SIGN_IN_PREFIX } from '../sessions/tokens.ts';
import { mayStillInvite } from './inviter-standing.ts';
import { findRemoval } from './removals.ts';

/** A valid one-time link. */
export interface FoundLink {
  readonly hash: string;
  readonly userId: string;
  readonly email: string;
  /** Organization that it invites to. Null: not an invitation. */
  readonly invitesTo: string | null;
  /** Organization that its session is limited to. Null: all of the user's. */
  readonly limitedTo: string | null;
  /** As stored. */
  readonly ceiling: string | null;
  readonly createdBy: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * The link with this token. Null if the token is unknown, used or expired, if the membership exceeds the link's
 * ceiling, or if its creator may no longer invite.
 */
export async function findLink(db: Kysely<Tables>, token: string, now: number): Promise<FoundLink | null> {
  if (!isToken(SIGN_IN_PREFIX, token)) return null;
  const hash = hashToken(token);
  const link = await db
    .selectFrom('sign_in_tokens')
    .innerJoin('users', 'users.id', 'sign_in_tokens.user_id')
    .select([
      'sign_in_tokens.hash',
      'users.id as userId',
      'users.email',
      'sign_in_tokens.invites_to as invitesTo',
      'sign_in_tokens.limited_to as limitedTo',
      'sign_in_tokens.ceiling',
      'sign_in_tokens.created_by as createdBy',
      'sign_in_tokens.expires_at as expiresAt',
    ])
    .where('sign_in_tokens.hash', '=', hash)
    .where('sign_in_tokens.expires_at', '>', now)
    .executeTakeFirst();
  return link && !(await isLinkVoid(db, link)) ? link : null;
}

/**
 * Whether the membership of an invitation has permissions that the link's creator could not grant at its creation, or
 * can't grant now.
 */
export async function isLinkVoid(
  db: Kysely<Tables>,
  { userId, invitesTo, ceiling, createdBy }: FoundLink,
): Promise<boolean> {
  if (invitesTo === null) return false;
  const role = await db
    .selectFrom('memberships')
    .innerJoin('current_roles', 'current_roles.id', 'memberships.role_id')
    .select('current_roles.permissions')
    .where('memberships.user_id', '=', userId)
    .where('memberships.organization_id', '=', invitesTo)
    .executeTakeFirst();
  if (!role) return false;
  const permissions = JSON.parse(role.permissions) as string[];
  return isOutgrown(ceiling, permissions) || !(await mayStillInvite(db, createdBy, invitesTo, permissions));
}

/**
 * Whether a link only works together with an unlimited session of its user: its creator has seen it, and its user was a
 * member before. Someone who removes a member and invites them again must not be able to act on their behalf.
 */
export async function needsOwnSession(
  db: Kysely<Tables>,
  { userId, email, limitedTo }: FoundLink,
): Promise<boolean> {
  if (limitedTo === null) return false;
  return (await findRemoval(db, limitedTo, { userId, email })) === 'joined';
}
