import { NotFoundError } from '../src/core/errors.ts';
import { signIn } from '../src/sessions/sign-in.ts';
import { signOut } from '../src/sessions/sign-out.ts';
import { builder } from './builder.ts';
import { UserRef } from './refs.ts';

const SignInInput = builder.inputType('SignInInput', {
  description: 'A sign-in',
  fields: (t) => ({
    token: t.string({ required: true, description: 'The token of a one-time sign-in link, after `#token=`' }),
  }),
});

const SignInPayload = builder
  .objectRef<{ sessionToken: string; expiresAt: number; userId: string }>('SignInPayload')
  .implement({
    description: 'The caller is signed in',
    fields: (t) => ({
      sessionToken: t.exposeString('sessionToken', {
        description: 'Goes into `Authorization: Bearer`; shown in this answer only',
      }),
      expiresAt: t.expose('expiresAt', {
        type: 'DateTime',
        description: 'When it ends at the latest; 12 hours without use end it too',
      }),
      user: t.field({ type: UserRef, description: 'Who signed in', resolve: ({ userId }) => userId }),
    }),
  });

const SignOutPayload = builder.objectRef<{ signedOut: boolean }>('SignOutPayload').implement({
  description: 'The answer to a sign-out',
  fields: (t) => ({
    signedOut: t.exposeBoolean('signedOut', { description: 'Whether there was a session to end' }),
  }),
});

builder.mutationFields((t) => ({
  signIn: t.field({
    type: SignInPayload,
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
      const { result } = await signIn(ctx, input);
      ctx.response.setSessionCookie?.(result.sessionToken, result.expiresAt);
      return { ...result, userId: result.user.id };
    },
  }),
  signOut: t.field({
    type: SignOutPayload,
    description: 'Ends the caller’s session, at once',
    authScopes: { authenticated: true },
    resolve: async (_root, _args, ctx) => {
      const { signedOut } = await signOut(ctx);
      ctx.response.setSessionCookie?.(null);
      return { signedOut };
    },
  }),
}));
