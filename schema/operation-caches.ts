import { contextCacheSymbol } from '@pothos/core';
import { RequestCache } from '@pothos/plugin-scope-auth';
import type { GraphQLContext } from './context.ts';

/** Where Pothos stores its caches per context; ours are stored there, too. */
interface Cached {
  [contextCacheSymbol]?: Map<unknown, unknown> | undefined;
}

/**
 * Something that every operation has one of, made when it is first asked for. Kept by the context, and gone with it:
 * Pothos's own map of weak keys is emptied by full collections of garbage only, and those before copy all that is in it.
 */
export function onePerOperation<T extends object>(make: (ctx: GraphQLContext) => T) {
  const keptBy = (ctx: object): Map<unknown, unknown> => {
    const cached = ctx as Cached;
    cached[contextCacheSymbol] ??= new Map();
    return cached[contextCacheSymbol];
  };
  const get = (ctx: object): T => {
    const kept = keptBy(ctx);
    const known = kept.get(make) as T | undefined;
    if (known) return known;
    const made = make(ctx as GraphQLContext);
    kept.set(make, made);
    return made;
  };
  return Object.assign(get, { delete: (ctx: object) => void keptBy(ctx).delete(make) });
}

/** Clears what an operation has loaded and checked. */
export function startCaches(ctx: object): void {
  (ctx as Cached)[contextCacheSymbol] = new Map();
}

/**
 * Lets go of what an operation loaded and checked. Loaders and checks hold its context: could that reach what they are
 * kept by, only a collection of all garbage would find them, and each of the small ones before it would copy them.
 */
export function endCaches(ctx: object): void {
  RequestCache.clearForContext(ctx);
  (ctx as Cached)[contextCacheSymbol] = undefined;
}
