import { NotFoundError } from '../../src/core/errors.ts';
import { type KnownUser, loadKnownUsers, type User } from '../../src/members/user.ts';
import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { Loader, nullIfMissing } from '../loaded.ts';
import { findsNode } from '../node.ts';
import { onePerOperation } from '../operation-caches.ts';
import { ActorRef, UserRef } from '../refs.ts';

builder.objectType(UserRef, {
  description: 'A person who can sign in',
  interfaces: [ActorRef],
  fields: (t) => ({
    displayName: t.string({
      description: 'The user’s name in your organization, or the e-mail address if the name is null',
      resolve: ({ name, email }) => name ?? email,
    }),
    name: t.exposeString('name', {
      nullable: true,
      description:
        'The user’s name in your organization. Other organizations may know the user by another name. Null for a former member',
    }),
    email: t.exposeString('email', { description: 'E-mail address, in lower case' }),
  }),
});

const knownUsers = onePerOperation(
  (ctx: GraphQLContext) =>
    new Loader<User>(async (keys) => {
      const known = keys.map((key) => JSON.parse(key) as KnownUser);
      const users = await loadKnownUsers(ctx.db, known);
      return users.map((user, index) => user ?? new NotFoundError(known[index]?.userId ?? ''));
    }),
);

/** A user with the name that the organization knows. The caller must be allowed to see its members. */
export function loadKnownUser(ctx: GraphQLContext, { organizationId, userId }: KnownUser): Promise<User> {
  return knownUsers(ctx).load(JSON.stringify({ organizationId, userId }));
}

findsNode('User', (id, ctx) => UserRef.getDataloader(ctx).load(id).catch(nullIfMissing));
