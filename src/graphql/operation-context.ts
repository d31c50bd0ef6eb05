import type { DocumentNode, ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { GraphQLContext } from '../../schema/context.ts';
import type { ResponseBudget } from './response/response-budget.ts';

/** Budget that an operation is charged to. */
export interface Charge {
  /** Cost of the whole operation, once known. */
  cost: number | null;
  /** Charges points before the work. Throws RateLimitedError if not enough are left. */
  spend(points: number): void;
  /** Charges points for completed work, however many are left: they are deducted from the caller's next operations. */
  owe(points: number): void;
}

/** Context of yoga's plugins, in addition to the resolvers' context. */
export interface OperationContext extends GraphQLContext {
  charge: Charge;
  /** Called before the operation runs with its name in terms of the schema, such as `mutation createApiKey`. */
  readonly started: (description: string) => void;
  /** Handles an admitted subscription. */
  readonly subscribe: (
    subscription: PricedSubscription,
  ) => Promise<ExecutionResult | AsyncIterable<ExecutionResult>>;
  /** Values of the header `Idempotency-Key`. Omitted: none. */
  readonly idempotencyKeyHeader?: readonly string[];
  /** Set when the operation is admitted. */
  admitted?: AdmittedOperation;
}

/** An admitted operation: parsed, validated and within all limits. */
export interface AdmittedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Record<string, unknown>;
  readonly cost: number;
  readonly budget: ResponseBudget;
}

/** An admitted subscription that has not started. */
export interface CheckedSubscription {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The same with the cost of each event. */
export interface PricedSubscription extends CheckedSubscription {
  readonly cost: number;
}
