import { findUser } from '../src/organizations/find-user.ts';
import { builder } from './builder.ts';
import { findsNode } from './node.ts';
import { UserRef } from './refs.ts';

builder.objectType(UserRef, {
  description: 'A person who signs in',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true, description: 'What the person is called' }),
    email: t.exposeString('email', { description: 'Where sign-in links go; in lower case' }),
  }),
});

findsNode('User', (id, ctx) => findUser(ctx, id));
