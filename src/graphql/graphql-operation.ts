import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { GraphQLContext } from '../../schema/context.ts';
import type { Params } from './params.ts';

/** What an operation is charged to. */
export interface Charge {
  /** What the whole operation costs, once that is known. */
  cost: number | null;
  /** Takes further points before the work that they stand for. Throws RateLimitedError where there are not as many left. */
  spend(points: number): void;
  /** Takes points for work that is already done, however many are left: the caller's next operations wait for them. */
  owe(points: number): void;
}

/** One operation to run. */
export interface Operation {
  readonly params: Params;
  /** Mutations by GET are refused. */
  readonly method: 'GET' | 'POST';
  readonly context: GraphQLContext;
  readonly charge: Charge;
  /** Told what is about to run, in words of the schema, such as `mutation createApiKey`. */
  started(description: string): void;
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
