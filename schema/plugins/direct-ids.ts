import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import { defaultFieldResolver, type GraphQLFieldResolver } from 'graphql';

/**
 * Reads the ids of nodes directly. The relay plugin's encoding does nothing here, but creates several promises for each
 * id, which is most of the cost of a small result.
 */
export const DIRECT_IDS = 'directIds';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      directIds: DirectIdsPlugin<Types>;
    }
  }
}

class DirectIdsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { kind, name, parentType }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    return kind === 'Object' && name === 'id' && this.#isNode(parentType) ? defaultFieldResolver : resolve;
  }

  #isNode(type: string): boolean {
    const { configStore } = this.builder;
    const { interfaces } = configStore.getTypeConfig(type, 'Object');
    return interfaces.some((one) => configStore.getTypeConfig(one).name === 'Node');
  }
}

SchemaBuilder.registerPlugin(DIRECT_IDS, DirectIdsPlugin);
