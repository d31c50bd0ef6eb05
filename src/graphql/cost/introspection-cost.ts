import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getOperationAST,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';

/** Cost of the introspection query of common tools, which fits into one operation. */
const WHOLE_SCHEMA_COST = 6_000;

/** How many objects a field of introspection returns on average, by `Type.field`. */
type Rows = Readonly<Record<string, number>>;

const known = new WeakMap<GraphQLSchema, { readonly rows: Rows; readonly wholeSchema: number }>();

/**
 * The cost of an operation's introspection, relative to that of the whole schema. Estimated from the fields it returns,
 * the number of types in the schema, and their average number of fields and arguments. 0 without introspection.
 */
export function introspectionCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): number {
  const { rows, wholeSchema } = known.get(schema) ?? measureWholeSchema(schema);
  return Math.ceil((introspectedFields(rows, document, operation) * WHOLE_SCHEMA_COST) / wholeSchema);
}

function measureWholeSchema(schema: GraphQLSchema): { rows: Rows; wholeSchema: number } {
  const document = parse(
    getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    }),
  );
  const rows = rowsIn(schema);
  const operation = getOperationAST(document) as OperationDefinitionNode;
  const measured = { rows, wholeSchema: introspectedFields(rows, document, operation) };
  known.set(schema, measured);
  return measured;
}

function introspectedFields(rows: Rows, document: DocumentNode, operation: OperationDefinitionNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const measured = new Map<SelectionSetNode, number>();
  const measure = (set: SelectionSetNode, type: GraphQLNamedType | undefined): number => {
    const before = measured.get(set);
    if (before !== undefined) return before;
    let fields = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        const definition = isObjectType(type) ? type.getFields()[name] : metaField(name);
        // The API's own fields contain no introspection.
        if (!type && !definition) continue;
        const { selectionSet } = selection;
        const below = selectionSet && definition ? measure(selectionSet, getNamedType(definition.type)) : 0;
        fields += 1 + below * (rows[`${type?.name}.${name}`] ?? 1);
      } else {
        const spread =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (spread) fields += measure(spread.selectionSet, type);
      }
    }
    measured.set(set, fields);
    return fields;
  };
  return measure(operation.selectionSet, undefined);
}

function metaField(name: string): typeof SchemaMetaFieldDef | null {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  return name === TypeMetaFieldDef.name ? TypeMetaFieldDef : null;
}

function rowsIn(schema: GraphQLSchema): Rows {
  const types = Object.values(schema.getTypeMap());
  const output = types.flatMap((type) => (isObjectType(type) || isInterfaceType(type) ? [type] : []));
  const fields = output.flatMap((type) => Object.values(type.getFields()));
  const inputs = types.flatMap((type) => (isInputObjectType(type) ? Object.values(type.getFields()) : []));
  const args = fields.flatMap((field) => field.args);
  const average = (count: number, among: number): number => Math.max(1, Math.ceil(count / among));
  return {
    '__Schema.types': types.length,
    '__Schema.directives': schema.getDirectives().length,
    '__Type.fields': average(fields.length, types.length),
    '__Type.inputFields': average(inputs.length, types.length),
    '__Field.args': average(args.length, fields.length),
    '__Directive.args': 2,
    // Of every three types, one is a list or non-null type that wraps another.
    '__Type.ofType': 1 / 3,
  };
}
