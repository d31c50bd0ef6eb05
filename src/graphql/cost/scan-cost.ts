import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { GraphQLContext } from '../../../schema/context.ts';
import type { Scan } from '../../../schema/scan.ts';
import { isId } from '../../core/ids.ts';
import type { OrganizationSizes, SizedTable } from '../../organizations/organization-sizes.ts';
import { collectFields, type FieldNodes } from '../execution/collect-fields.ts';
import { idsIn, ORGANIZATIONS_MAX, organizationIn, ownOrganizations } from './scanned-organizations.ts';

/** Number of scanned rows that cost one point. */
const ROWS_PER_POINT = 50;

/** Maximum price of scanning a table, so that large organizations can still afford it. */
const WHOLE_MAX = 2_000;

/** If the organization is unknown: an operator's list of all of them. */
const UNKNOWN_ROWS = 500;

/** Cost of introspection, proportional to the size of the schema. */
const INTROSPECTION: Readonly<Record<string, number>> = { __schema: 200, __type: 20 };

/** Rows that an operation reads beyond those it returns, computed as far as the document alone determines. */
export class ScanCost {
  readonly #schema: GraphQLSchema;
  readonly #operation: OperationDefinitionNode;
  readonly #fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  readonly #tables = new Set<SizedTable>();
  readonly #named = new Set<string>();
  #hasScans = false;

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    this.#schema = schema;
    this.#operation = operation;
    const definitions: (OperationDefinitionNode | FragmentDefinitionNode)[] = [operation];
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) {
        this.#fragments[definition.name.value] = definition;
        definitions.push(definition);
      }
    const types = new TypeInfo(schema);
    const Field = (): void => {
      const definition = types.getFieldDef();
      const scan = scanOf(definition);
      for (const table of scan?.tables ?? []) this.#tables.add(table);
      this.#hasScans ||= scan !== undefined || (definition?.name ?? '') in INTROSPECTION;
    };
    const StringValue = ({ value }: { readonly value: string }): void => {
      if (isId('org', value)) this.#named.add(value);
    };
    visit({ kind: Kind.DOCUMENT, definitions }, visitWithTypeInfo(types, { Field, StringValue }));
  }

  /** Whether the operation reads more rows than it returns. */
  get hasScans(): boolean {
    return this.#hasScans;
  }

  /** The points. Reads sizes that are not known. The variables are coerced. */
  async points(
    variables: Readonly<Record<string, unknown>>,
    context: GraphQLContext,
    sizes: OrganizationSizes,
  ): Promise<number> {
    if (!this.#hasScans) return 0;
    const own = ownOrganizations(context.principal);
    const named = [...this.#named, ...idsIn(variables)].slice(0, ORGANIZATIONS_MAX);
    const visible = named.filter((id) => context.principal?.isOf(id));
    await sizes.load([...new Set([...own, ...visible])], [...this.#tables]);
    const type = this.#schema.getRootType(this.#operation.operation);
    if (!type) return 0;
    const count = new Count(this.#schema, this.#fragments, variables, { context, sizes, own });
    return Math.ceil(count.root(type, this.#operation.selectionSet));
  }
}

interface Surroundings {
  readonly context: GraphQLContext;
  readonly sizes: OrganizationSizes;
  readonly own: readonly string[];
}

/** Adds up one operation. The cost of its fields is known, and bounds the work. */
class Count {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly #around: Surroundings;
  /** Reads shared by all occurrences of a field in the operation: names and their points. */
  #together = new Map<string, number>();

  constructor(
    schema: GraphQLSchema,
    fragments: Readonly<Record<string, FragmentDefinitionNode>>,
    variables: Readonly<Record<string, unknown>>,
    around: Surroundings,
  ) {
    this.schema = schema;
    this.fragments = fragments;
    this.variables = variables;
    this.#around = around;
  }

  root(type: GraphQLObjectType, set: SelectionSetNode): number {
    let points = 0;
    for (const [, nodes] of collectFields(this, type, [set])) {
      // Fields of a mutation run one by one, and load again.
      this.#together = new Map();
      points += INTROSPECTION[nodes[0].name.value] ?? this.#field(type, nodes, null);
      for (const together of this.#together.values()) points += together;
    }
    return points;
  }

  #selection(
    type: GraphQLObjectType,
    sets: readonly SelectionSetNode[],
    organizationId: string | null,
  ): number {
    let points = 0;
    for (const [, nodes] of collectFields(this, type, sets))
      points += this.#field(type, nodes, organizationId);
    return points;
  }

  #field(type: GraphQLObjectType, nodes: FieldNodes, around: string | null): number {
    const definition = type.getFields()[nodes[0].name.value];
    // Most fields: the price doesn't depend on their arguments.
    if (!definition || (isLeafType(getNamedType(definition.type)) && !scanOf(definition))) return 0;
    const args = argumentsOf(definition, nodes[0], this.variables);
    // Such a field fails before it reads anything.
    if (!args) return 0;
    const organizationId = organizationIn(args) ?? around;
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const named = getNamedType(definition.type);
    const types = isAbstractType(named)
      ? this.schema.getPossibleTypes(named)
      : isObjectType(named)
        ? [named]
        : [];
    let below = 0;
    if (sets.length > 0)
      for (const one of types) below = Math.max(below, this.#selection(one, sets, organizationId));
    const times = below > 0 ? multiplierOf(definition, args, this.#around.context) : 1;
    return below * times + this.#scan(definition, args, sets, organizationId);
  }

  #scan(
    definition: GraphQLField<unknown, unknown>,
    args: Readonly<Record<string, unknown>>,
    sets: readonly SelectionSetNode[],
    organizationId: string | null,
  ): number {
    const scan = scanOf(definition);
    if (!scan) return 0;
    const named = getNamedType(definition.type);
    const counts =
      isObjectType(named) &&
      ['totalCount', 'totalCountIsExact'].some((name) => this.#asks(named, sets, name));
    const whole = (table: SizedTable): number =>
      Math.min(WHOLE_MAX, this.#rows(table, organizationId) / ROWS_PER_POINT);
    const pointsOf = (rows: number): number => rows / ROWS_PER_POINT;
    const isLimited = (this.#around.context.principal?.keyScope ?? null) !== null;
    const points = scan.points({ args, counts, isLimited, pointsOf, whole });
    if (scan.together === undefined) return points;
    this.#together.set(scan.together, Math.max(points, this.#together.get(scan.together) ?? 0));
    return 0;
  }

  #asks(type: GraphQLObjectType, sets: readonly SelectionSetNode[], name: string): boolean {
    for (const [, nodes] of collectFields(this, type, sets)) if (nodes[0].name.value === name) return true;
    return false;
  }

  #rows(table: SizedTable, organizationId: string | null): number {
    const { own, sizes, context } = this.#around;
    const meant = organizationId === null ? own : [organizationId];
    const known = meant.flatMap((id) => sizes.rows(context.principal, id, table) ?? []);
    return known.length > 0 ? Math.max(...known) : UNKNOWN_ROWS;
  }
}

/** The arguments of a field, or null if they are invalid. */
function argumentsOf(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  try {
    return getArgumentValues(definition, node, variables as Record<string, unknown>);
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

function scanOf(definition: GraphQLField<unknown, unknown> | null | undefined): Scan | undefined {
  return definition?.extensions.scan as Scan | undefined;
}

/** Maximum number of objects that a field returns, according to its cost. */
function multiplierOf(
  { extensions, type }: GraphQLField<unknown, unknown>,
  args: Record<string, unknown>,
  context: GraphQLContext,
): number {
  const { complexity } = extensions as { complexity?: unknown };
  const cost: unknown = typeof complexity === 'function' ? complexity(args, context) : complexity;
  const multiplier = (cost as { multiplier?: number } | null | undefined)?.multiplier;
  const isList = isListType(isNonNullType(type) ? type.ofType : type);
  return multiplier ?? (isList ? DEFAULT_LIST_MULTIPLIER : 1);
}

const DEFAULT_LIST_MULTIPLIER = 5;
