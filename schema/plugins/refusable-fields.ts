import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';

/**
 * Fails the build of a schema with a non-null field that can be refused: GraphQL would replace its parent by null, and
 * with it all siblings, such as a secret that is shown once.
 */
export const REFUSABLE_FIELDS = 'refusableFields';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      refusableFields: RefusableFieldsPlugin<Types>;
    }
  }
}

class RefusableFieldsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { kind, parentType, name, type, pothosOptions } = config;
    const { authScopes } = pothosOptions as { readonly authScopes?: unknown };
    const refusable = kind === 'Mutation' || needsPermission(authScopes);
    // A subscription has a single root field, so there are no siblings to remove.
    if (refusable && !type.nullable && kind !== 'Subscription')
      throw new Error(`${parentType}.${name} can be refused and must therefore be nullable`);
    return config;
  }
}

/** Whether the scopes of a field require more than a valid credential, which applies to the whole request. */
function needsPermission(scopes: unknown): boolean {
  if (typeof scopes !== 'object' || scopes === null) return scopes !== undefined;
  return Object.keys(scopes).some((scope) => scope !== 'authenticated');
}

SchemaBuilder.registerPlugin(REFUSABLE_FIELDS, RefusableFieldsPlugin);
