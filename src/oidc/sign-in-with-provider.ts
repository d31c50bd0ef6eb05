import { type Outcome, write } from '../command.ts';
import type { Context } from '../context.ts';
import type { OidcConfig } from '../core/config/oidc-config.ts';
import { admitNewcomer } from '../members/admit-newcomer.ts';
import { loadUsers } from '../members/user.ts';
import { findAdmitting } from '../roles/admitting-role.ts';
import { createSession } from '../sessions/create-session.ts';
import { loadSession } from '../sessions/session-principal.ts';
import { organizationsOf } from '../sessions/user-organizations.ts';
import { endLinkAccess } from '../sign-in/end-link-access.ts';
import { endReplacedSession } from '../sign-in/end-replaced-session.ts';
import { joinInvited } from '../sign-in/join-invited.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';
import { OidcFault } from './oidc-fault.ts';
import { type OidcFlow, useFlow } from './oidc-flow.ts';
import { acceptClaims, type OidcClaims } from './oidc-identity.ts';
import { findIdentified, linkIdentity } from './user-identity.ts';

/** Input of a sign-in after the provider's response. */
export interface ProviderSignIn {
  readonly claims: OidcClaims;
  readonly flow: OidcFlow;
}

/**
 * Starts a session for the person whom the provider has authenticated. Accepts the user's invitations, adds a new user
 * as a member if the operator has enabled this, links the identity to the user on the first sign-in, and revokes the
 * browser's previous session. Needs no caller: the provider's response is the permission. Rejects with OidcFault;
 * nothing is changed then.
 */
export async function signInWithProvider(
  ctx: Context,
  settings: OidcConfig,
  { claims, flow }: ProviderSignIn,
): Promise<Outcome<SignedIn>> {
  const identity = acceptClaims(claims, settings);
  const admitting = await admittingOrganization(ctx, settings);
  const found = await findIdentified(ctx.db, identity);
  const own = found ? (await organizationsOf(ctx.db, found.userId)).all : [];
  const replaced = flow.previous
    ? (await loadSession(ctx.db, { hash: flow.previous }, ctx.clock.now()))?.principal
    : undefined;
  const reached = replaced?.organizationIds ?? [];
  const locked = [...new Set([...own, ...reached, ...(admitting ? [admitting.organizationId] : [])])].sort();

  return write(ctx, async (change) => {
    const { tx } = change;
    for (const organizationId of locked) await change.lock(organizationId);
    await useFlow(change, flow);
    // Read again under the locks: a concurrent sign-in may have created or linked the user.
    const before = await findIdentified(tx, identity);
    if (admitting) {
      const { email, userId } = before ?? { email: identity.email, userId: null };
      const obstacle = await admitNewcomer(change, { email, userId, name: identity.name }, admitting);
      if (obstacle) ctx.log.error(`New users cannot join: ${obstacle}`, { requestId: ctx.client.id });
    }
    const user = before ?? (await findIdentified(tx, identity));
    if (!user) throw new OidcFault('refused', 'no user has this e-mail address');
    const { userId } = user;
    await joinInvited(change, userId, locked, { confirmed: true });
    // The user may have been added to another organization since then, which is not locked and must not be written to.
    const joined = (await organizationsOf(tx, userId)).confirmed.filter((id) => locked.includes(id));
    if (joined.length === 0) throw new OidcFault('refused', 'the user does not belong to any organization');
    if (!user.linked) await linkIdentity(change, userId, identity, joined);
    await endLinkAccess(change, userId, joined);
    if (replaced) await endReplacedSession(change, replaced);
    const session = await createSession(change, userId, { actor: userId, organizationIds: joined });
    const [{ id, name, email } = { id: userId, name: null, email: user.email }] = await loadUsers(tx, [
      userId,
    ]);
    return { sessionToken: session.token, expiresAt: session.expiresAt, user: { id, name, email } };
  });
}

async function admittingOrganization(
  { db, log, client: request }: Context,
  { admission }: OidcConfig,
): Promise<{ organizationId: string; role: string } | null> {
  if (!admission) return null;
  const organizationId = await findAdmitting(db, admission.organization);
  if (organizationId !== null) return { organizationId, role: admission.role };
  log.error('New users cannot join: OIDC_ORGANIZATION is not an organization', { requestId: request.id });
  return null;
}
