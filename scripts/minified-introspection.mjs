import { getIntrospectedSchema, minifyIntrospectionQuery } from '@urql/introspection';

/** For the code generator: the part of the schema that a normalized cache requires, with fields and possible types. */
export function plugin(schema) {
  const kept = { includeScalars: false, includeEnums: false, includeInputs: false, includeDirectives: false };
  return JSON.stringify(minifyIntrospectionQuery(getIntrospectedSchema(schema), kept));
}
