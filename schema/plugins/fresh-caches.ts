import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { startCaches } from '../operation-caches.ts';

/**
 * Clears the loaded data before every field of a mutation: they run one by one, and each returns objects in their state
 * after it.
 */
export const FRESH_CACHES = 'freshCaches';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      freshCaches: FreshCachesPlugin<Types>;
    }
  }
}

class FreshCachesPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { kind }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (kind !== 'Mutation') return resolve;
    return (parent, args, context, info) => {
      startCaches(context);
      return resolve(parent, args, context, info);
    };
  }
}

SchemaBuilder.registerPlugin(FRESH_CACHES, FreshCachesPlugin);
