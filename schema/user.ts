import DataLoader from 'dataloader';
import { findUsers } from '../src/organizations/find-user.ts';
import { builder } from './builder.ts';
import type { GraphQLContext } from './context.ts';
import { onePerOperation } from './fresh-caches.ts';
import { findsNode } from './node.ts';
import { UserRef } from './refs.ts';

builder.objectType(UserRef, {
  description: 'A person who signs in',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true, description: 'What the person is called' }),
    email: t.exposeString('email', { description: 'Where sign-in links go; in lower case' }),
  }),
});

/** Unlike the loader of the type, this one finds only whom the caller may see. */
const visibleUsers = onePerOperation(
  (ctx: GraphQLContext) =>
    new DataLoader(async (ids: readonly string[]) => {
      const byId = new Map((await findUsers(ctx, ids)).map((user) => [user.id, user]));
      return ids.map((id) => byId.get(id) ?? null);
    }),
);

findsNode('User', (id, ctx) => visibleUsers(ctx).load(id));
