import { getIntrospectedSchema, minifyIntrospectionQuery } from '@urql/introspection';

/** For the code generator: of the schema what a normalized cache must know, its types' fields and possible types. */
export function plugin(schema) {
  const kept = { includeScalars: false, includeEnums: false, includeInputs: false, includeDirectives: false };
  return JSON.stringify(minifyIntrospectionQuery(getIntrospectedSchema(schema), kept));
}
