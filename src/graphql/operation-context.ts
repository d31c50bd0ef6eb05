import type { DocumentNode, ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { GraphQLContext } from '../../schema/context.ts';
import type { ResponseBudget } from './response/response-budget.ts';

/** What an operation is charged to. */
export interface Charge {
  /** What the whole operation costs, once that is known. */
  cost: number | null;
  /**
   * Takes further points before the work that they stand for. Throws RateLimitedError if there are not as many left.
   */
  spend(points: number): void;
  /** Takes points for work that is already done, however many are left: the caller's next operations wait for them. */
  owe(points: number): void;
}

/** What yoga's plugins know of an operation in addition to what its resolvers receive. */
export interface OperationContext extends GraphQLContext {
  charge: Charge;
  /** Called with what is about to run, in words of the schema, such as `mutation createApiKey`. */
  readonly started: (description: string) => void;
  /** Takes over a subscription that is within all limits. */
  readonly subscribe: (
    subscription: PricedSubscription,
  ) => Promise<ExecutionResult | AsyncIterable<ExecutionResult>>;
  /** Set once the operation is within all limits. */
  admitted?: AdmittedOperation;
}

/** An operation that was parsed, validated and found to be within all limits. */
export interface AdmittedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Record<string, unknown>;
  readonly cost: number;
  readonly budget: ResponseBudget;
}

/** A subscription that was parsed, validated and found to be within all limits, and does not run yet. */
export interface CheckedSubscription {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The same, with what each of its events costs. */
export interface PricedSubscription extends CheckedSubscription {
  readonly cost: number;
}
