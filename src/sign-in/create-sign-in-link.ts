import type { Change } from '../command.ts';
import { hashToken, newToken, SIGN_IN_PREFIX } from '../sessions/tokens.ts';
import { withdrawInvitations } from './withdraw-invitations.ts';

/** Default lifetime of a link, milliseconds. */
export const SIGN_IN_LINK_MS = 15 * 60_000;

/** Lifetime of an invitation link, milliseconds. */
export const INVITATION_MS = 7 * 24 * 3_600_000;

/** A one-time link, which signs in the person who opens it. */
export interface SignInLink {
  /** Shown only once; only its hash is stored. */
  readonly token: string;
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The invitation of a link. */
export interface Invitation {
  readonly organizationId: string;
  /**
   * The creator's permissions in that organization, if the link is limited to that organization and these permissions.
   * Null: it gives access to all of the user's organizations.
   */
  readonly ceiling: readonly string[] | null;
  /** As returned by `callerId`. The link is valid while this creator may invite. */
  readonly createdBy: string | null;
}

/**
 * Creates a one-time link for a user as a part of a change, and deletes expired links of the user. An invitation
 * replaces earlier ones to the same organization. The calling verb writes the audit rows.
 */
export async function createSignInLink(
  change: Change,
  publicUrl: string,
  userId: string,
  lifetimeMs: number = SIGN_IN_LINK_MS,
  invitation: Invitation | null = null,
): Promise<SignInLink> {
  const { tx, now } = change;
  if (invitation) await withdrawInvitations(tx, userId, invitation.organizationId);
  await tx
    .deleteFrom('sign_in_tokens')
    .where('user_id', '=', userId)
    .where('expires_at', '<=', now)
    .execute();
  const token = newToken(SIGN_IN_PREFIX);
  const expiresAt = now + lifetimeMs;
  await tx
    .insertInto('sign_in_tokens')
    .values({
      hash: hashToken(token),
      user_id: userId,
      created_at: now,
      expires_at: expiresAt,
      invites_to: invitation?.organizationId ?? null,
      limited_to: invitation?.ceiling ? invitation.organizationId : null,
      ceiling: invitation?.ceiling ? JSON.stringify(invitation.ceiling) : null,
      created_by: invitation?.createdBy ?? null,
    })
    .execute();
  // The token is in the fragment, which browsers don't send.
  return { token, url: `${publicUrl}/sign-in#token=${token}`, expiresAt };
}
