import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { GraphQLContext } from '../../schema/context.ts';
import { endCaches, startCaches } from '../../schema/fresh-caches.ts';
import type { OrganizationSizes } from '../organizations/organization-sizes.ts';
import { coerceVariables } from './coerce-variables.ts';
import { alone, COST_MAX, chargeOf, documentPoints, hasVariableCost, queryCost } from './cost/query-cost.ts';
import { ScanCost } from './cost/scan-cost.ts';
import { hasConditions } from './execution/collect-fields.ts';
import { FieldErrors } from './execution/field-errors.ts';
import { Plan } from './execution/plan.ts';
import { execute } from './execution/run.ts';
import type { Operation, PricedSubscription } from './graphql-operation.ts';
import { requestFault } from './request-fault.ts';
import { responseBound, returnsShownOnce } from './response/response-bound.ts';
import { ResponseBudget, responseCouldBeTooLarge } from './response/response-budget.ts';

/** At most so many faults of one request are reported. */
export const FAULTS_MAX = 20;

/** Plans that are kept, of all documents together, have so many fields: each takes about a kilobyte. */
const KEPT_FIELDS_MAX = 20_000;

/** A plan of more fields is made for each request anew. */
const KEPT_FIELDS_OF_ONE_MAX = 1_000;

/** Plans of the operations that were asked for most recently. */
export type Plans = LRUCache<PreparedOperation, Plan>;

/** Plans in bounded memory, whatever is asked for. */
export function keptPlans(): Plans {
  return new LRUCache({ maxSize: KEPT_FIELDS_MAX, maxEntrySize: KEPT_FIELDS_OF_ONE_MAX });
}

/** What the operations of an engine share. */
export interface Parts {
  readonly plans: Plans;
  /** What scans cost. */
  readonly sizes: OrganizationSizes;
  /** Largest response, bytes. */
  readonly responseMax: number;
}

/** An operation of a document that was parsed and validated, with all of it that is the same for every request. */
export class PreparedOperation {
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  readonly #operation: OperationDefinitionNode;
  readonly #plans: Plans;
  /** Largest response, bytes. */
  readonly #responseMax: number;
  readonly #sizes: OrganizationSizes;
  readonly #scans: ScanCost;
  /** In words of the schema, such as `mutation createApiKey`. */
  readonly #description: string;
  readonly #hasConditions: boolean;
  readonly #hasVariableCost: boolean;
  readonly #returnsShownOnce: boolean;
  /** Of the plan, when it was kept. */
  #size = 0;
  #cost: number | undefined;
  #bound: number | undefined;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    { plans, sizes, responseMax }: Parts,
  ) {
    this.#schema = schema;
    this.#document = document;
    this.#operation = operation;
    this.#plans = plans;
    this.#responseMax = responseMax;
    this.#sizes = sizes;
    this.#scans = new ScanCost(schema, document, operation);
    this.#description = describe(operation);
    this.#hasConditions = hasConditions(alone(document, operation));
    this.#hasVariableCost = hasVariableCost(schema, document, operation);
    this.#returnsShownOnce = returnsShownOnce(schema, document, operation);
  }

  /** Runs it, if the variables fit and it can't return too much; a subscription is said to be fit to run. */
  async run(operation: Operation): Promise<ExecutionResult | { subscription: PricedSubscription }> {
    const { params, context, charge, started } = operation;
    const given = params.variables ?? {};
    const { coerced, errors } = this.#coerce(given);
    if (errors) return rejected(operation, errors);
    const fields = this.#costWith(given, context);
    if (fields instanceof GraphQLError) return rejected(operation, [fields]);
    charge.cost = fields;
    // First: it bounds the work of adding up the rest.
    if (fields > COST_MAX) return rejected(operation, [tooComplex(fields)]);
    const scans = this.#scans.hasScans ? await this.#scans.points(coerced, context, this.#sizes) : 0;
    const cost = fields + scans;
    charge.cost = cost;
    if (cost > COST_MAX) return rejected(operation, [tooComplex(cost)]);
    const budget = this.#budgetFor(coerced, context);
    if (budget instanceof GraphQLError) return rejected(operation, [budget]);
    charge.spend(chargeOf(fields, scans));
    started(this.#description);
    const [document, definition] = [this.#document, this.#operation];
    if (definition.operation === OperationTypeNode.SUBSCRIPTION)
      return { subscription: { document, operation: definition, variables: given, cost } };
    return this.#execute(coerced, context, budget);
  }

  async #execute(
    variables: Record<string, unknown>,
    context: GraphQLContext,
    budget: ResponseBudget,
  ): Promise<ExecutionResult> {
    const plan = this.#planFor(variables);
    startCaches(context);
    try {
      const errors = new FieldErrors();
      return await execute({ plan, root: undefined, context, variables, errors, budget });
    } finally {
      endCaches(context);
      this.#keep(plan);
    }
  }

  #coerce(given: Record<string, unknown>) {
    const { variableDefinitions = [] } = this.#operation;
    if (variableDefinitions.length === 0) return { coerced: {}, errors: undefined };
    return coerceVariables(this.#schema, variableDefinitions, given, FAULTS_MAX);
  }

  /** An error where an argument that the cost hangs on can't be used. */
  #costWith(given: Record<string, unknown>, context: GraphQLContext): number | GraphQLError {
    if (this.#cost !== undefined) return this.#cost;
    try {
      const cost = queryCost(this.#schema, this.#document, this.#operation, given, context);
      if (!this.#hasVariableCost) this.#cost = cost;
      return cost;
    } catch (error) {
      if (error instanceof GraphQLError) return error;
      throw error;
    }
  }

  /**
   * A query ends where it exceeds its budget. A mutation that could exceed it does not run; with a value that is shown
   * once it is certain that it does not, and nothing is given up of its response.
   */
  #budgetFor(variables: Record<string, unknown>, context: GraphQLContext): ResponseBudget | GraphQLError {
    const max = this.#responseMax;
    if (this.#operation.operation !== OperationTypeNode.MUTATION) return new ResponseBudget(max);
    const certain = this.#returnsShownOnce;
    const bound =
      this.#bound ??
      responseBound(this.#schema, this.#document, this.#operation, variables, context, certain);
    if (!this.#hasVariableCost) this.#bound = bound;
    if (bound <= max) return certain ? ResponseBudget.unlimited() : new ResponseBudget(max, true);
    const originalError = responseCouldBeTooLarge(max);
    return new GraphQLError(originalError.message, { originalError });
  }

  #planFor(variables: Record<string, unknown>): Plan {
    const kept = this.#plans.get(this);
    if (kept) return kept;
    // A plan that is kept must keep nothing of a request: its variables may be large, or secret.
    const deciding = this.#hasConditions ? variables : {};
    return new Plan(this.#schema, this.#document, this.#operation, deciding);
  }

  #keep(plan: Plan): void {
    if (this.#hasConditions || plan.size === 0) return;
    if (this.#plans.peek(this) === plan && plan.size === this.#size) return;
    this.#size = plan.size;
    this.#plans.set(this, plan, { size: plan.size });
  }
}

/** The errors of an operation that does not run. Finding them was work, the more the longer the document is. */
function rejected({ params, charge }: Operation, errors: readonly GraphQLError[]): ExecutionResult {
  charge.owe(documentPoints(params.query.length));
  return { errors };
}

function tooComplex(cost: number): GraphQLError {
  return requestFault(
    'QUERY_TOO_COMPLEX',
    `The operation asks for too much: it costs ${cost}, at most ${COST_MAX} is allowed; ask for fewer rows (first), fields, totals or filters`,
  );
}

/** The kind of operation and its fields: names of the schema, never what the caller chose. */
function describe({ operation, selectionSet }: OperationDefinitionNode): string {
  const fields = selectionSet.selections.map((one) => (one.kind === Kind.FIELD ? one.name.value : '…'));
  return `${operation} ${[...new Set(fields)].join(' ')}`;
}
