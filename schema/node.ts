import { AppError } from '../src/core/errors.ts';
import { builder, typeNameOf } from './builder.ts';
import type { GraphQLContext } from './context.ts';

type FindNode = (id: string, ctx: GraphQLContext) => Promise<{ id: string } | null>;

const finders = new Map<string, FindNode>();

/** Maximum number of ids that `nodes` accepts. */
const NODES_MAX = 100;

/**
 * Registers how `node` finds objects of a type. `find` returns null for objects that don't exist and for those the
 * caller can't access, so that the two can't be told apart.
 */
export function findsNode(typeName: string, find: FindNode): void {
  finders.set(typeName, find);
}

/** The object with this id, or null if it doesn't exist or the caller can't access it. */
export async function findNode(id: string, ctx: GraphQLContext): Promise<{ id: string } | null> {
  const finder = finders.get(typeNameOf(id) ?? '');
  return finder ? finder(id, ctx) : null;
}

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description: 'Looks up an object by ID. Null if it doesn’t exist or you can’t access it',
    authScopes: { authenticated: true },
    args: { id: t.arg.id({ required: true, description: 'ID of the object' }) },
    resolve: (_root, { id }, ctx) => findNode(id, ctx),
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    description:
      'Looks up up to 100 objects by ID, in the order of `ids`. Null for each that doesn’t exist or that you can’t access',
    authScopes: { authenticated: true },
    complexity: ({ ids }) => ({ field: 1, multiplier: Math.max(1, ids.length) }),
    args: { ids: t.arg.idList({ required: true, description: 'IDs of the objects' }) },
    resolve: (_root, { ids }, ctx) => {
      if (ids.length > NODES_MAX) throw new AppError('BAD_USER_INPUT', `ids: at most ${NODES_MAX}`);
      return Promise.all(ids.map((id) => findNode(id, ctx)));
    },
  }),
}));
