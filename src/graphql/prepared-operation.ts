import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { GraphQLContext } from '../../schema/context.ts';
import type { OrganizationSizes } from '../organizations/organization-sizes.ts';
import { coerceVariables } from './coerce-variables.ts';
import { COST_MAX, chargeOf, hasVariableCost, queryCost } from './cost/query-cost.ts';
import { ScanCost } from './cost/scan-cost.ts';
import type { AdmittedOperation, Charge } from './operation-context.ts';
import { requestFault } from './request-fault.ts';
import { responseBound, returnsShownOnce } from './response/response-bound.ts';
import { ResponseBudget, responseCouldBeTooLarge } from './response/response-budget.ts';

/** Maximum number of reported faults of a request. */
export const FAULTS_MAX = 20;

/** Data that the limits of all operations depend on. */
export interface OperationBounds {
  /** Costs of scans. */
  readonly sizes: OrganizationSizes;
  /** Maximum size of a response, bytes. */
  readonly responseMax: number;
}

/** An admitted operation, or the errors of a rejected one. */
export type Admission = AdmittedOperation | { readonly errors: readonly GraphQLError[] };

/** The request-independent inputs of an operation's limits. */
export class PreparedOperation {
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  readonly #operation: OperationDefinitionNode;
  readonly #bounds: OperationBounds;
  readonly #scans: ScanCost;
  readonly #hasVariableCost: boolean;
  readonly #returnsShownOnce: boolean;
  /** In schema terms, such as `mutation createApiKey`. */
  readonly description: string;
  #cost: number | undefined;
  #responseBound: number | undefined;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    bounds: OperationBounds,
  ) {
    this.#schema = schema;
    this.#document = document;
    this.#operation = operation;
    this.#bounds = bounds;
    this.#scans = new ScanCost(schema, document, operation);
    this.#hasVariableCost = hasVariableCost(schema, document, operation);
    this.#returnsShownOnce = returnsShownOnce(schema, document, operation);
    this.description = describe(operation);
  }

  /**
   * Admits the operation if its variables are valid, it costs at most COST_MAX and its response is within bounds;
   * charges its caller. Throws RateLimitedError if the caller has too few points left.
   */
  admit(
    provided: Record<string, unknown>,
    context: GraphQLContext,
    charge: Charge,
  ): Admission | Promise<Admission> {
    const { coerced, errors } = this.#coerce(provided);
    if (errors) return { errors };
    const fields = this.#costWith(provided, context);
    if (fields instanceof GraphQLError) return { errors: [fields] };
    charge.cost = fields;
    // First: it bounds the work of adding up the rest.
    if (fields > COST_MAX) return { errors: [tooComplex(fields)] };
    const admit = (scans: number): Admission => {
      const cost = fields + scans;
      charge.cost = cost;
      if (cost > COST_MAX) return { errors: [tooComplex(cost)] };
      const budget = this.#budgetFor(coerced, context);
      if (budget instanceof GraphQLError) return { errors: [budget] };
      charge.spend(chargeOf(fields, scans));
      return { document: this.#document, operation: this.#operation, variables: coerced, cost, budget };
    };
    if (!this.#scans.hasScans) return admit(0);
    return this.#scans.points(coerced, context, this.#bounds.sizes).then(admit);
  }

  #coerce(provided: Record<string, unknown>) {
    const { variableDefinitions = [] } = this.#operation;
    if (variableDefinitions.length === 0) return { coerced: {}, errors: undefined };
    return coerceVariables(this.#schema, variableDefinitions, provided, FAULTS_MAX);
  }

  /** The error if an argument that the cost depends on is invalid. */
  #costWith(provided: Record<string, unknown>, context: GraphQLContext): number | GraphQLError {
    if (this.#cost !== undefined) return this.#cost;
    try {
      const cost = queryCost(this.#schema, this.#document, this.#operation, provided, context);
      if (!this.#hasVariableCost) this.#cost = cost;
      return cost;
    } catch (error) {
      if (error instanceof GraphQLError) return error;
      throw error;
    }
  }

  /**
   * A query stops when it exceeds its budget. A mutation that could exceed it does not run. If it returns a value that
   * is shown once, the bound is exact, so that its response is never dropped.
   */
  #budgetFor(variables: Record<string, unknown>, context: GraphQLContext): ResponseBudget | GraphQLError {
    const max = this.#bounds.responseMax;
    if (this.#operation.operation !== OperationTypeNode.MUTATION) return new ResponseBudget(max);
    const certain = this.#returnsShownOnce;
    const bound =
      this.#responseBound ??
      responseBound(this.#schema, this.#document, this.#operation, variables, context, certain);
    if (!this.#hasVariableCost) this.#responseBound = bound;
    if (bound <= max) return certain ? ResponseBudget.unlimited() : new ResponseBudget(max, true);
    const originalError = responseCouldBeTooLarge(max);
    return new GraphQLError(originalError.message, { originalError });
  }
}

function tooComplex(cost: number): GraphQLError {
  return requestFault(
    'QUERY_TOO_COMPLEX',
    `The operation is too complex: it costs ${cost} points, and at most ${COST_MAX} are allowed. Request fewer rows (first), fields, totals or filters`,
  );
}

/** Type and fields of the operation: names of the schema, never the caller's. */
function describe({ operation, selectionSet }: OperationDefinitionNode): string {
  const fields = selectionSet.selections.map((one) => (one.kind === Kind.FIELD ? one.name.value : '…'));
  return `${operation} ${[...new Set(fields)].join(' ')}`;
}
