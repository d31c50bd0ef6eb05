import { defaultFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';

/**
 * Lets the ids of objects be read as they are. What the relay plugin puts around them encodes nothing here, and makes
 * several promises of each: most of what a small result costs.
 */
export function withDirectIds(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.getInterfaces().some(({ name }) => name === 'Node')) continue;
    const { id } = type.getFields();
    if (id) id.resolve = defaultFieldResolver;
  }
  return schema;
}
