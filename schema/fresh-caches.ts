import { contextCacheSymbol } from '@pothos/core';
import { defaultFieldResolver, type GraphQLSchema } from 'graphql';

/**
 * Lets every field of a mutation begin without what the fields before it have loaded: they run one after the other, and
 * each shows objects as it has left them.
 */
export function withFreshCaches(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve = defaultFieldResolver } = field;
    field.resolve = (root, args, ctx, info) => {
      // What Pothos keeps its loaders and checks by, in place of the context itself.
      (ctx as { [contextCacheSymbol]?: object })[contextCacheSymbol] = {};
      return resolve(root, args, ctx, info);
    };
  }
  return schema;
}
