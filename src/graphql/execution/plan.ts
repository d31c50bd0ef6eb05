import {
  type DocumentNode,
  defaultFieldResolver,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { namesUnits } from '../response/response-budget.ts';
import { collectFields, type FieldNodes } from './collect-fields.ts';
import { completionOf, leafCompletionOf } from './complete.ts';
import type { Data, Planned, PlannedField, Selection } from './planned.ts';

/**
 * The part of an operation's execution that depends only on the document: its fields, resolvers and value completion.
 * Built on demand and cached.
 */
export class Plan implements Planned {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Readonly<Record<string, unknown>>;
  #root: Selection | undefined;
  readonly #type: GraphQLObjectType;
  #size = 0;

  /**
   * `variables` decide conditions: if there are any, the plan is valid only for these; otherwise they may be omitted.
   */
  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ) {
    this.schema = schema;
    this.operation = operation;
    this.variables = variables;
    this.fragments = fragmentsOf(document);
    const type = schema.getRootType(operation.operation);
    if (!type)
      throw new GraphQLError(`Schema is not configured to execute ${operation.operation} operation.`, {
        nodes: operation,
      });
    this.#type = type;
  }

  /** The root selection. Throws if a condition has no value. */
  get root(): Selection {
    this.#root ??= this.select(this.#type, [this.operation.selectionSet]);
    return this.#root;
  }

  /** Number of planned fields; a fragment's count once per spread. */
  get size(): number {
    return this.#size;
  }

  /** The selection of these selection sets on this type. */
  select(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Selection {
    const fields: PlannedField[] = [];
    for (const [key, nodes] of collectFields(this, type, sets)) {
      const definition = this.#definition(type, nodes[0].name.value);
      if (definition) fields.push(this.#field(key, type, definition, nodes));
    }
    this.#size += fields.length;
    const units = namesUnits(fields.map(({ key }) => key));
    return { type, fields, units, Data: createResultShape() };
  }

  #field(
    key: string,
    parent: GraphQLObjectType,
    definition: GraphQLField<unknown, unknown>,
    nodes: FieldNodes,
  ): PlannedField {
    const { name, type, args, resolve = defaultFieldResolver } = definition;
    const place = { plan: this, name, parent, nodes };
    const isProperty = resolve === defaultFieldResolver && args.length === 0;
    return {
      ...{ key, name, parent, definition, nodes, resolve },
      nullable: !isNonNullType(type),
      complete: completionOf(type, place),
      completeProperty: isProperty ? leafCompletionOf(type, place) : null,
    };
  }

  #definition(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (type === this.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return type.getFields()[name];
  }
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}

/**
 * Creates a class for response objects without a prototype, since callers choose the names of their properties. V8
 * optimizes objects of one class.
 */
function createResultShape(): new () => Data {
  function SelectedData() {}
  SelectedData.prototype = Object.create(null);
  return SelectedData as unknown as new () => Data;
}
