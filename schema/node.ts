import { AppError } from '../src/core/errors.ts';
import { builder, typeNameOf } from './builder.ts';
import type { GraphQLContext } from './context.ts';

type FindNode = (id: string, ctx: GraphQLContext) => Promise<{ id: string } | null>;

const finders = new Map<string, FindNode>();

/** Most ids that `nodes` takes at once. */
const NODES_MAX = 100;

/**
 * Says how `node` finds objects of a type. `find` answers null for what doesn't exist and for what the caller may not
 * see, so that the two can't be told apart.
 */
export function findsNode(typeName: string, find: FindNode): void {
  finders.set(typeName, find);
}

/** The object with this id; null where there is none that the caller may see. */
export async function findNode(id: string, ctx: GraphQLContext): Promise<{ id: string } | null> {
  const finder = finders.get(typeNameOf(id) ?? '');
  return finder ? finder(id, ctx) : null;
}

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description: 'The object with this id; null where there is none that you may see',
    authScopes: { authenticated: true },
    args: { id: t.arg.id({ required: true, description: 'The id of the object' }) },
    resolve: (_root, { id }, ctx) => findNode(id, ctx),
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    description:
      'Up to 100 objects, in the order of their ids; null in the place of each that you may not see',
    authScopes: { authenticated: true },
    complexity: ({ ids }) => ({ field: 1, multiplier: Math.max(1, ids.length) }),
    args: { ids: t.arg.idList({ required: true, description: 'The ids of the objects' }) },
    resolve: (_root, { ids }, ctx) => {
      if (ids.length > NODES_MAX) throw new AppError('BAD_USER_INPUT', `ids: at most ${NODES_MAX}`);
      return Promise.all(ids.map((id) => findNode(id, ctx)));
    },
  }),
}));
