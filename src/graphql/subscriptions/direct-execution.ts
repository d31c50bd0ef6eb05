import {
  defaultFieldResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  getVariableValues,
  isAbstractType,
  isLeafType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
} from 'graphql';
import type { GraphQLContext } from '../../../schema/context.ts';
import type { CheckedSubscription } from '../graphql-engine.ts';

/** The data that an event comes to; null where GraphQL has to execute it. */
export type DirectExecution = (event: object, context: GraphQLContext) => object | null;

/** Makes a value of a type into what the result has of it. Throws an Indirect where that is not for this file. */
type Complete = (value: unknown, context: GraphQLContext) => unknown;

type Shared = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'operation' | 'variableValues' | 'rootValue'>;

/** Not to be done here; `always`: nor for any other event. */
class Indirect {
  readonly always: boolean;

  constructor(always: boolean) {
    this.always = always;
  }
}

const THIS_TIME = new Indirect(false);
const ALWAYS = new Indirect(true);

/**
 * Executes one operation over and over: what GraphQL finds out anew for every event is found out once. Only for fields of
 * objects, without lists, abstract types and directives, and whose values are there at once; everything else, and
 * whatever goes wrong, is left to GraphQL, which executes the event from the start.
 */
export function directExecution(
  schema: GraphQLSchema,
  { document, operation, variables }: CheckedSubscription,
): DirectExecution | null {
  const { coerced: variableValues } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variables,
  );
  const type = schema.getSubscriptionType();
  if (!variableValues || !type) return null;
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const one of document.definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments[one.name.value] = one;
  const shared = { schema, fragments, operation, variableValues, rootValue: undefined };
  const complete = attempt(() => completeObject(shared, type, [operation.selectionSet], undefined));
  if (complete instanceof Indirect) return null;
  let direct = true;
  return (event, context) => {
    const data = direct ? attempt(() => complete(event, context)) : ALWAYS;
    if (!(data instanceof Indirect)) return data as object;
    if (data.always) direct = false;
    return null;
  };
}

function attempt<T>(work: () => T): T | Indirect {
  try {
    return work();
  } catch (error) {
    return error instanceof Indirect ? error : THIS_TIME;
  }
}

type Path = GraphQLResolveInfo['path'] | undefined;

function completeObject(
  shared: Shared,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  path: Path,
): Complete {
  const fields = new Map<string, FieldNode[]>();
  for (const set of sets) collect(shared, type, set, fields);
  const steps = [...fields].map(([name, nodes]) => ({
    name,
    value: completeField(shared, type, nodes, path, name),
  }));
  return (source, context) => {
    const result: Record<string, unknown> = {};
    for (const { name, value } of steps) result[name] = value(source, context);
    return result;
  };
}

/** The fields that a selection asks for, by their names in the result (GraphQL specification, 6.3.2). */
function collect(
  shared: Shared,
  type: GraphQLObjectType,
  { selections }: SelectionSetNode,
  fields: Map<string, FieldNode[]>,
): void {
  for (const selection of selections) {
    if (selection.directives?.length) throw ALWAYS;
    if (selection.kind === Kind.FIELD) {
      const name = (selection.alias ?? selection.name).value;
      // On a plain object it is no field like others.
      if (name === '__proto__') throw ALWAYS;
      fields.set(name, [...(fields.get(name) ?? []), selection]);
      continue;
    }
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? shared.fragments[selection.name.value] : selection;
    if (!fragment || fragment.directives?.length) throw ALWAYS;
    const condition = fragment.typeCondition && shared.schema.getType(fragment.typeCondition.name.value);
    const applies =
      !condition ||
      condition === type ||
      (isAbstractType(condition) && shared.schema.isSubType(condition, type));
    if (applies) collect(shared, type, fragment.selectionSet, fields);
  }
}

/** How the value of a field is read from its object, and made into the result's. */
function completeField(
  shared: Shared,
  type: GraphQLObjectType,
  fieldNodes: readonly FieldNode[],
  prev: Path,
  key: string,
): Complete {
  const [node] = fieldNodes;
  const field = node && fieldNamed(type, node.name.value);
  if (!node || !field) throw ALWAYS;
  const path = { prev, key, typename: type.name };
  const args = getArgumentValues(field, node, shared.variableValues);
  const { name: fieldName, type: returnType, resolve = defaultFieldResolver } = field;
  const info = { ...shared, fieldName, fieldNodes, returnType, parentType: type, path };
  const complete = completeValue(shared, returnType, fieldNodes, path);
  return (source, context) => complete(resolve(source, args, context, info), context);
}

function fieldNamed(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
  return name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields()[name];
}

function completeValue(
  shared: Shared,
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  path: Path,
): Complete {
  if (isNonNullType(type)) {
    const complete = completeValue(shared, type.ofType, nodes, path);
    return (value, context) => {
      if (value === null || value === undefined) throw THIS_TIME;
      return complete(value, context);
    };
  }
  if (isLeafType(type)) {
    return (value) => {
      if (value === null || value === undefined) return null;
      const serialized = type.serialize(atOnce(value));
      if (serialized === null || serialized === undefined) throw THIS_TIME;
      return serialized;
    };
  }
  // Those with `isTypeOf` want to be asked.
  if (!isObjectType(type) || type.isTypeOf) throw ALWAYS;
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const complete = completeObject(shared, type, sets, path);
  return (value, context) =>
    value === null || value === undefined ? null : complete(atOnce(value), context);
}

/** The value, unless it is still to come or is an error in place of one. */
function atOnce(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) throw THIS_TIME;
  if (!('then' in value)) return value;
  // What it comes to is of no use any more.
  void Promise.resolve(value).catch(() => {});
  throw ALWAYS;
}
