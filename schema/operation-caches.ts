import { contextCacheSymbol } from '@pothos/core';
import { RequestCache } from '@pothos/plugin-scope-auth';
import type { GraphQLContext } from './context.ts';

/** Where Pothos stores its caches per context; ours are stored there, too. */
interface Cached {
  [contextCacheSymbol]?: Map<unknown, unknown> | undefined;
}

/**
 * Creates a per-operation value on first use. Stored on the context and released with it: entries of Pothos's weak map
 * are only freed by full garbage collections, and copied by those before.
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
 * Releases what an operation loaded and checked. Loaders reference its context: such cycles would survive until a full
 * garbage collection, and be copied by those before.
 */
export function endCaches(ctx: object): void {
  RequestCache.clearForContext(ctx);
  (ctx as Cached)[contextCacheSymbol] = undefined;
}
