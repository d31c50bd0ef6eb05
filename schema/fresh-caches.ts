import { contextCacheSymbol } from '@pothos/core';
import { RequestCache } from '@pothos/plugin-scope-auth';
import { defaultFieldResolver, type GraphQLSchema } from 'graphql';

/** What Pothos keeps its loaders and checks by, in place of the context itself. */
interface Cached {
  [contextCacheSymbol]?: object | undefined;
}

/**
 * Lets every field of a mutation begin without what the fields before it have loaded: they run one after the other, and
 * each shows objects as it has left them.
 */
export function withFreshCaches(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve = defaultFieldResolver } = field;
    field.resolve = (root, args, ctx, info) => {
      startCaches(ctx);
      return resolve(root, args, ctx, info);
    };
  }
  return schema;
}

/** Lets an operation load and check everything anew. */
export function startCaches(ctx: object): void {
  (ctx as Cached)[contextCacheSymbol] = {};
}

/**
 * Lets go of what an operation loaded and checked. Loaders and checks hold its context: could that reach what they are
 * kept by, only a collection of all garbage would find them, and each of the small ones before it would copy them.
 */
export function endCaches(ctx: object): void {
  RequestCache.clearForContext(ctx);
  (ctx as Cached)[contextCacheSymbol] = undefined;
}
