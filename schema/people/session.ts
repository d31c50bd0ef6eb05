import DataLoader from 'dataloader';
import { NotFoundError } from '../../src/core/errors.ts';
import { revokeSession } from '../../src/sessions/revoke-session.ts';
import { findSessionAgents } from '../../src/sessions/session-agents.ts';
import { type SignedOut, signOut } from '../../src/sessions/sign-out.ts';
import { describeSignInLink, type SignInLinkFacts } from '../../src/sign-in/describe-sign-in-link.ts';
import { type SignedIn, signIn } from '../../src/sign-in/sign-in.ts';
import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { nullIfMissing } from '../loaded.ts';
import { findsNode } from '../node.ts';
import { onePerOperation } from '../operation-caches.ts';
import { OrganizationRef, SessionRef, UserRef } from '../refs.ts';

const SignInInput = builder.inputType('SignInInput', {
  description: 'Input of `signIn`',
  fields: (t) => ({
    token: t.string({
      required: true,
      description: 'Token of a one-time sign-in link: the part after `#token=`',
    }),
  }),
});

const SignInPayload = builder.objectRef<SignedIn>('SignInPayload').implement({
  description: 'Result of signing in',
  fields: (t) => ({
    sessionToken: t.exposeString('sessionToken', {
      description:
        'Token of the session, to send as `Authorization: Bearer`. It is returned in this response only',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When the session expires. It also expires after 12 hours without use',
    }),
    user: t.field({ type: UserRef, description: 'User who signed in', resolve: ({ user }) => user }),
  }),
});

const SignInLinkRef = builder.objectRef<SignInLinkFacts>('SignInLink').implement({
  description: 'A one-time sign-in link',
  fields: (t) => ({
    email: t.exposeString('email', { description: 'E-mail address of the person the link signs in' }),
    organizationName: t.exposeString('organizationName', {
      nullable: true,
      description: 'Name of the organization that the link invites to. Null if it is not an invitation',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When the link expires' }),
    needsSession: t.exposeBoolean('needsSession', {
      description:
        'Whether the link only works while the person is signed in. True if a member created it and the person is a former member',
    }),
  }),
});

builder.queryField('signInLink', (t) =>
  t.field({
    type: SignInLinkRef,
    nullable: true,
    description:
      'Describes a sign-in link without using it. Null if the link is unknown, used or expired, which counts towards the limit on failed attempts. Requires no credential',
    args: {
      token: t.arg.string({ required: true, description: 'Token of the link: the part after `#token=`' }),
    },
    resolve: (_root, { token }, ctx) => describeSignInLink(ctx, token),
  }),
);

const SignOutInput = builder.inputType('SignOutInput', {
  description: 'Input of `signOut`',
  fields: (t) => ({
    everywhere: t.boolean({
      defaultValue: false,
      description:
        'Whether to sign out of all sessions of the user. From a session that is limited to an organization, only sessions with the same limit',
    }),
  }),
});

const SignOutPayload = builder.objectRef<SignedOut>('SignOutPayload').implement({
  description: 'Result of signing out',
  fields: (t) => ({
    signedOut: t.exposeBoolean('signedOut', { description: 'Whether there was a session to sign out of' }),
    endedSessions: t.exposeInt('endedSessions', { description: 'Number of sessions that were revoked' }),
  }),
});

const agents = onePerOperation(
  (ctx: GraphQLContext) =>
    new DataLoader(async (ids: readonly string[]) => {
      const found = await findSessionAgents(ctx.db, ids);
      return ids.map((id) => found.get(id) ?? null);
    }),
);

builder.objectType(SessionRef, {
  description: 'An active sign-in of a user, visible to this user only',
  fields: (t) => ({
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the user signed in' }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      description: 'When the session was last used, to the minute',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When the session expires. It also expires after 12 hours without use',
    }),
    current: t.exposeBoolean('current', { description: 'Whether this is the session that sent the request' }),
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description:
        'Organization that the session is limited to, if it started with a link that a member could see. Null if it gives access to all of the user’s organizations',
      resolve: ({ limitedTo }) => limitedTo,
    }),
    userAgent: t.string({
      nullable: true,
      description: 'User agent that the session was started with. Null if unknown',
      resolve: ({ id }, _args, ctx) => agents(ctx).load(id),
    }),
  }),
});

findsNode('Session', (id, ctx) => SessionRef.getDataloader(ctx).load(id).catch(nullIfMissing));

const RevokeSessionInput = builder.inputType('RevokeSessionInput', {
  description: 'Input of `revokeSession`',
  fields: (t) => ({ id: t.id({ required: true, description: 'ID of one of your own sessions: `ses_…`' }) }),
});

const RevokeSessionPayload = builder.objectRef<{ revokedId: string }>('RevokeSessionPayload').implement({
  description: 'Result of revoking a session',
  fields: (t) => ({ revokedId: t.exposeID('revokedId', { description: 'ID of the revoked session' }) }),
});

builder.mutationFields((t) => ({
  signIn: t.field({
    type: SignInPayload,
    nullable: true,
    description: 'Exchanges a one-time sign-in token for a session. Requires no credential',
    errors: {
      types: [NotFoundError],
      union: {
        name: 'SignInResult',
        description: 'The new session, or an error if the token is unknown, used or expired',
      },
    },
    args: { input: t.arg({ type: SignInInput, required: true, description: 'The token to exchange' }) },
    resolve: async (_root, { input }, ctx) => {
      ctx.response.requireOwnOrigin?.();
      const { result } = await signIn(ctx, input);
      ctx.response.setSessionCookie?.(result.sessionToken, result.expiresAt);
      return result;
    },
  }),
  signOut: t.field({
    type: SignOutPayload,
    nullable: true,
    description: 'Signs out of the caller’s session, or of all sessions of the user, immediately',
    authScopes: { authenticated: true },
    args: {
      input: t.arg({ type: SignOutInput, description: 'Omit to sign out of the caller’s session only' }),
    },
    resolve: async (_root, { input }, ctx) => {
      const signedOut = await signOut(ctx, input ?? {});
      ctx.response.setSessionCookie?.(null);
      return signedOut;
    },
  }),
  revokeSession: t.field({
    type: RevokeSessionPayload,
    nullable: true,
    description: 'Revokes one of the caller’s own sessions, immediately. `viewer.sessions` lists them',
    authScopes: { authenticated: true },
    errors: {
      types: [NotFoundError],
      union: {
        name: 'RevokeSessionResult',
        description: 'The ID of the revoked session, or an error if it is not one of the caller’s sessions',
      },
    },
    args: {
      input: t.arg({ type: RevokeSessionInput, required: true, description: 'The session to revoke' }),
    },
    resolve: async (_root, { input }, ctx) => {
      const revokedId = await revokeSession(ctx, input);
      const own = ctx.principal?.kind === 'user' && ctx.principal.sessionId === revokedId;
      if (own) ctx.response.setSessionCookie?.(null);
      return { revokedId };
    },
  }),
}));
