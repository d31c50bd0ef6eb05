import DataLoader from 'dataloader';
import { NotFoundError } from '../src/core/errors.ts';
import { revokeSession } from '../src/sessions/revoke-session.ts';
import type { Session } from '../src/sessions/session.ts';
import { findSessionAgents } from '../src/sessions/session-agents.ts';
import { type SignedOut, signOut } from '../src/sessions/sign-out.ts';
import { describeSignInLink, type SignInLinkFacts } from '../src/sign-in/describe-sign-in-link.ts';
import { type SignedIn, signIn } from '../src/sign-in/sign-in.ts';
import { builder } from './builder.ts';
import type { GraphQLContext } from './context.ts';
import { onePerOperation } from './operation-caches.ts';
import { OrganizationRef, UserRef } from './refs.ts';

const SignInInput = builder.inputType('SignInInput', {
  description: 'A sign-in',
  fields: (t) => ({
    token: t.string({ required: true, description: 'The token of a one-time sign-in link, after `#token=`' }),
  }),
});

const SignInPayload = builder.objectRef<SignedIn>('SignInPayload').implement({
  description: 'The caller is signed in',
  fields: (t) => ({
    sessionToken: t.exposeString('sessionToken', {
      description: 'Goes into `Authorization: Bearer`; shown in this answer only',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it ends at the latest; 12 hours without use end it too',
    }),
    user: t.field({ type: UserRef, description: 'Who signed in', resolve: ({ user }) => user }),
  }),
});

const SignInLinkRef = builder.objectRef<SignInLinkFacts>('SignInLink').implement({
  description: 'A one-time sign-in link',
  fields: (t) => ({
    email: t.exposeString('email', { description: 'Address of the person who signs in with it' }),
    organizationName: t.exposeString('organizationName', {
      nullable: true,
      description: 'Organization that it invites to; null if it is not an invitation',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it stops working' }),
    needsSession: t.exposeBoolean('needsSession', {
      description:
        'Whether it works only while the person is signed in: true if a member created it and the person is a former member',
    }),
  }),
});

builder.queryField('signInLink', (t) =>
  t.field({
    type: SignInLinkRef,
    nullable: true,
    description:
      'Describes a sign-in link without using it; null if it is unknown, used or expired, which counts towards the limit on failed attempts. Requires no credential',
    args: {
      token: t.arg.string({ required: true, description: 'The token of the link, after `#token=`' }),
    },
    resolve: (_root, { token }, ctx) => describeSignInLink(ctx, token),
  }),
);

const SignOutPayload = builder.objectRef<SignedOut>('SignOutPayload').implement({
  description: 'The answer to a sign-out',
  fields: (t) => ({
    signedOut: t.exposeBoolean('signedOut', { description: 'Whether there was a session to end' }),
    endedSessions: t.exposeInt('endedSessions', { description: 'How many sessions were ended' }),
  }),
});

const agents = onePerOperation(
  (ctx: GraphQLContext) =>
    new DataLoader(async (ids: readonly string[]) => {
      const found = await findSessionAgents(ctx.db, ids);
      return ids.map((id) => found.get(id) ?? null);
    }),
);

export const SessionRef = builder.objectRef<Session>('Session').implement({
  description: 'A sign-in of a person that goes on',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Names it to `revokeSession`; not a secret' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the person signed in' }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime', description: 'Its last use, to the minute' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it ends at the latest; 12 hours without use end it too',
    }),
    current: t.exposeBoolean('current', { description: 'Whether it is the one that asks' }),
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description:
        'The only organization that it reaches, where it began with a link that a member saw; null: all of the person’s',
      resolve: ({ limitedTo }) => limitedTo,
    }),
    userAgent: t.string({
      nullable: true,
      description: 'What the client called itself that it began in; null: not known',
      resolve: ({ id }, _args, ctx) => agents(ctx).load(id),
    }),
  }),
});

const RevokeSessionInput = builder.inputType('RevokeSessionInput', {
  description: 'The end of a session',
  fields: (t) => ({ id: t.id({ required: true, description: 'One of your own sessions: `ses_…`' }) }),
});

const RevokeSessionPayload = builder.objectRef<{ revokedId: string }>('RevokeSessionPayload').implement({
  description: 'The session has ended',
  fields: (t) => ({ revokedId: t.exposeID('revokedId', { description: 'The id that it had' }) }),
});

builder.mutationFields((t) => ({
  signIn: t.field({
    type: SignInPayload,
    nullable: true,
    description: 'Trades a one-time sign-in token for a session. Needs no credential',
    errors: {
      types: [NotFoundError],
      union: {
        name: 'SignInResult',
        description: 'The session; or nothing, where the token is unknown, used or has expired',
      },
    },
    args: { input: t.arg({ type: SignInInput, required: true, description: 'The token' }) },
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
    description: 'Ends the caller’s session, or all of the person’s, at once',
    authScopes: { authenticated: true },
    args: {
      everywhere: t.arg.boolean({
        defaultValue: false,
        description:
          'Ends all of the person’s sessions; one that reaches a single organization, all that reach the same',
      }),
    },
    resolve: async (_root, { everywhere }, ctx) => {
      const signedOut = await signOut(ctx, { everywhere });
      ctx.response.setSessionCookie?.(null);
      return signedOut;
    },
  }),
  revokeSession: t.field({
    type: RevokeSessionPayload,
    nullable: true,
    description: 'Ends one of the caller’s own sessions, at once; `viewer.sessions` lists them',
    authScopes: { authenticated: true },
    errors: {
      types: [NotFoundError],
      union: {
        name: 'RevokeSessionResult',
        description: 'The id of the session; or nothing, where it is not one of the caller’s',
      },
    },
    args: { input: t.arg({ type: RevokeSessionInput, required: true, description: 'Which one' }) },
    resolve: async (_root, { input }, ctx) => {
      const revokedId = await revokeSession(ctx, input);
      const own = ctx.principal?.kind === 'user' && ctx.principal.sessionId === revokedId;
      if (own) ctx.response.setSessionCookie?.(null);
      return { revokedId };
    },
  }),
}));
