import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { GraphQLContext } from '../../../schema/context.ts';
import { isolateOperation } from '../isolate-operation.ts';
import { ITEMS_MAX, OPEN_SCALAR, SCALAR_BYTES, SHOWN_ONCE, VALUE_BYTES } from './response-sizes.ts';

/** A failed field is null in the data, with an entry in the errors. */
const ERROR_BYTES = 400;

/** Around the data, and of each object. */
const BRACKETS = 32;

const TYPE_NAME_BYTES = 110;

/** Typical maximum bytes of a field of an object. */
const USUAL_BYTES = 100;
const USUAL_JSON_BYTES = 2_500;
const USUAL_ITEMS = 5;

/**
 * The maximum size of an operation's response, bytes, with these (coerced) variables. `certain`: if every value is as
 * large as the limits on input allow. Otherwise, lists, texts and JSON objects have their typical maximum sizes. Throws
 * a GraphQLError if an argument that decides the number of rows is invalid.
 */
export function responseBound(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  ctx: GraphQLContext,
  certain: boolean,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const known = new Map<SelectionSetNode, Map<GraphQLNamedType, number>>();

  const ofSet = (set: SelectionSetNode, type: GraphQLNamedType): number => {
    const before = known.get(set)?.get(type);
    if (before !== undefined) return before;
    let bytes = BRACKETS;
    if (isAbstractType(type)) {
      const possible = schema.getPossibleTypes(type).map((one) => ofSet(set, one));
      return remember(set, type, Math.max(bytes, ...possible));
    }
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const field = fieldOf(type, selection.name.value);
        const name = (selection.alias ?? selection.name).value;
        bytes += name.length + 4 + (field ? ofField(type, field, selection) : TYPE_NAME_BYTES);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      const { typeCondition } = fragment ?? {};
      const narrowed: GraphQLNamedType | undefined = typeCondition
        ? typeFromAST(schema, typeCondition)
        : type;
      const applies =
        narrowed === type ||
        (isAbstractType(narrowed) && isObjectType(type) && schema.isSubType(narrowed, type));
      if (fragment && applies) bytes += ofSet(fragment.selectionSet, type);
    }
    return remember(set, type, bytes);
  };

  const remember = (set: SelectionSetNode, type: GraphQLNamedType, bytes: number): number => {
    if (!known.has(set)) known.set(set, new Map());
    known.get(set)?.set(type, bytes);
    return bytes;
  };

  const ofField = (parent: GraphQLNamedType, field: Field, node: FieldNode): number => {
    const place = `${parent.name}.${field.name}`;
    const type = getNamedType(field.type);
    const items = Math.max(1, itemsOf(place, field, node));
    if (isLeafType(type)) {
      const bytes = VALUE_BYTES[place] ?? leafBytes(type);
      const usual = type.name === OPEN_SCALAR ? USUAL_JSON_BYTES : USUAL_BYTES;
      return items * (certain ? bytes : Math.min(bytes, usual));
    }
    const bytes = node.selectionSet ? items * ofSet(node.selectionSet, type) : 0;
    return isNonNullType(field.type) ? bytes : Math.max(bytes, ERROR_BYTES);
  };

  const itemsOf = (place: string, field: Field, node: FieldNode): number => {
    const items = ITEMS_MAX[place] ?? 1;
    const rows = rowsOf(field);
    if (!rows && typeof items === 'number') return certain ? items : Math.min(items, USUAL_ITEMS);
    const args = getArgumentValues(field, node, variables);
    if (typeof items === 'function') return items(args);
    return items * (rows?.(args, ctx, field).multiplier ?? 1);
  };

  const root = schema.getRootType(operation.operation);
  return root ? ofSet(operation.selectionSet, root) : 0;
}

type Field = GraphQLField<unknown, unknown>;
type Rows = (args: Record<string, unknown>, ctx: GraphQLContext, field: Field) => { multiplier?: number };

/** The function by which the schema computes the number of a field's rows from its arguments, if any. */
function rowsOf({ extensions }: Field): Rows | null {
  return typeof extensions.complexity === 'function' ? (extensions.complexity as Rows) : null;
}

function fieldOf(type: GraphQLNamedType, name: string): Field | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function leafBytes(type: GraphQLLeafType): number {
  if (isEnumType(type)) return Math.max(...type.getValues().map(({ name }) => name.length)) + 2;
  return SCALAR_BYTES[type.name] ?? USUAL_BYTES;
}

/** Whether an operation returns a value that is shown once. */
export function returnsShownOnce(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  const Field = ({ name }: FieldNode): void => {
    found ||= SHOWN_ONCE.has(`${types.getParentType()?.name}.${name.value}`);
  };
  visit(isolateOperation(document, operation), visitWithTypeInfo(types, { Field }));
  return found;
}
