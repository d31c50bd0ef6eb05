import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { ApiKey } from '../../src/keys/api-key.ts';

/**
 * Extensions of a field of ApiKey whose resolver reads these properties of the key, in addition to `id` and `organizationId`.
 * A field that exposes a property reads that one. One without either may read all of them.
 */
export function reads(...properties: readonly (keyof ApiKey)[]) {
  return { reads: properties };
}

let managedIn: { readonly permissionIn: readonly [string, string] } = { permissionIn: ['', ''] };

/** Scope of fields for key management. An organization's keys share it, so that scope-auth decides once per operation. */
export function managed({ organizationId: id }: Pick<ApiKey, 'organizationId'>) {
  if (managedIn.permissionIn[0] !== id) managedIn = { permissionIn: [id, 'api.key.view'] };
  return managedIn;
}

type Properties = readonly (keyof ApiKey)[];

/** Cached per field node, for the life of the document. */
const known = new WeakMap<FieldNode, Properties | 'all'>();

/**
 * The key properties that a connection's selection reads, or undefined for all. Conditions are ignored: fields that
 * they exclude are read.
 */
export function selectedProperties({
  fieldNodes,
  fragments,
  schema,
}: GraphQLResolveInfo): Properties | undefined {
  const [node] = fieldNodes;
  if (!node || fieldNodes.length > 1) return undefined;
  const properties = known.get(node) ?? propertiesOf(schema, rowFields(node, fragments));
  known.set(node, properties);
  return properties === 'all' ? undefined : properties;
}

function propertiesOf(schema: GraphQLSchema, fields: readonly FieldNode[]): Properties | 'all' {
  const found = new Set<keyof ApiKey>();
  for (const { name } of fields) {
    const properties = propertiesRead(schema, name.value);
    if (properties === 'all') return 'all';
    for (const property of properties) found.add(property);
  }
  return [...found];
}

function propertiesRead(schema: GraphQLSchema, name: string): Properties | 'all' {
  if (name === '__typename' || name === 'id') return [];
  const type = schema.getType('ApiKey') as GraphQLObjectType;
  const { reads, pothosExposedField } = type.getFields()[name]?.extensions ?? {};
  return (reads ?? (pothosExposedField ? [pothosExposedField] : 'all')) as Properties | 'all';
}

/** Selected fields of the rows, through `nodes` and `edges`. */
function rowFields(connection: FieldNode, fragments: GraphQLResolveInfo['fragments']): FieldNode[] {
  const below = (nodes: readonly FieldNode[], name: string): FieldNode[] =>
    nodes
      .filter((node) => node.name.value === name)
      .flatMap(({ selectionSet }) => fieldsIn(selectionSet, fragments));
  const own = fieldsIn(connection.selectionSet, fragments);
  return [...below(own, 'nodes'), ...below(below(own, 'edges'), 'node')];
}

/** The fields of a selection set including its fragments, of any type. */
function fieldsIn(
  set: SelectionSetNode | undefined,
  fragments: GraphQLResolveInfo['fragments'],
  spread = new Set<string>(),
): FieldNode[] {
  return (set?.selections ?? []).flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsIn(selection.selectionSet, fragments, spread);
    const name = selection.name.value;
    if (spread.has(name)) return [];
    spread.add(name);
    return fieldsIn(fragments[name]?.selectionSet, fragments, spread);
  });
}
