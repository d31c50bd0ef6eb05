import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { GraphQLContext } from '../../schema/context.ts';
import { endCaches, startCaches } from '../../schema/fresh-caches.ts';
import { hasConditions } from './execution/collect-fields.ts';
import { FieldErrors } from './execution/field-errors.ts';
import { Plan } from './execution/plan.ts';
import { execute } from './execution/run.ts';
import type { CheckedSubscription, Operation } from './graphql-operation.ts';
import { COST_MAX, hasVariableCost, queryCost } from './query-cost.ts';

/** At most so many faults of one request are reported. */
export const FAULTS_MAX = 20;

/** A plan of more fields is made for each request anew: no document may take much more memory than its text allows. */
const KEPT_FIELDS_MAX = 1_000;

/** An operation of a document that was parsed and validated, with all of it that is the same for every request. */
export class PreparedOperation {
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  readonly #operation: OperationDefinitionNode;
  /** In words of the schema, such as `mutation createApiKey`. */
  readonly #description: string;
  readonly #hasConditions: boolean;
  readonly #hasVariableCost: boolean;
  #plan: Plan | undefined;
  #cost: number | undefined;

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    this.#schema = schema;
    this.#document = document;
    this.#operation = operation;
    this.#description = describe(operation);
    this.#hasConditions = hasConditions(document);
    this.#hasVariableCost = hasVariableCost(schema, document, operation);
  }

  /** Runs it, if the variables fit and it can't return too much; a subscription is said to be fit to run. */
  async run({
    params,
    context,
    started,
  }: Operation): Promise<ExecutionResult | { subscription: CheckedSubscription }> {
    const given = params.variables ?? {};
    const { coerced, errors } = this.#coerce(given);
    if (errors) return { errors };
    const cost = this.#costWith(given, context);
    if (cost > COST_MAX) return { errors: [tooComplex(cost)] };
    started(this.#description);
    const [document, operation] = [this.#document, this.#operation];
    if (operation.operation === OperationTypeNode.SUBSCRIPTION)
      return { subscription: { document, operation, variables: given } };
    startCaches(context);
    const plan = this.#planFor(coerced);
    const run = { plan, root: undefined, context, variables: coerced, errors: new FieldErrors() };
    const result = await execute(run);
    endCaches(context);
    if (plan.size > KEPT_FIELDS_MAX) this.#plan = undefined;
    return result;
  }

  #coerce(given: Record<string, unknown>) {
    const { variableDefinitions = [] } = this.#operation;
    if (variableDefinitions.length === 0) return { coerced: {}, errors: undefined };
    const { coerced, errors } = getVariableValues(this.#schema, variableDefinitions, given, {
      maxErrors: FAULTS_MAX,
    });
    return coerced ? { coerced, errors: undefined } : { coerced: {}, errors: errors.map(asUserInput) };
  }

  #costWith(given: Record<string, unknown>, context: GraphQLContext): number {
    const cost = this.#cost ?? queryCost(this.#schema, this.#document, this.#operation, given, context);
    if (!this.#hasVariableCost) this.#cost = cost;
    return cost;
  }

  #planFor(coerced: Record<string, unknown>): Plan {
    const plan = this.#plan ?? new Plan(this.#schema, this.#document, this.#operation, coerced);
    if (!this.#hasConditions) this.#plan = plan;
    return plan;
  }
}

function asUserInput({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: 'BAD_USER_INPUT' } });
}

function tooComplex(cost: number): GraphQLError {
  return new GraphQLError(
    `The operation can return too much: it costs ${cost}, at most ${COST_MAX} is allowed; ask for fewer rows (first) or fields`,
    { extensions: { code: 'QUERY_TOO_COMPLEX' } },
  );
}

/** The kind of operation and its fields: names of the schema, never what the caller chose. */
function describe({ operation, selectionSet }: OperationDefinitionNode): string {
  const fields = selectionSet.selections.map((one) => (one.kind === Kind.FIELD ? one.name.value : '…'));
  return `${operation} ${[...new Set(fields)].join(' ')}`;
}
