import { type ReadVariable, wholeNumber } from './setting.ts';

/** Limits for each kind of caller. 0: unlimited. */
export interface PerCaller {
  /** A person or an API key. */
  readonly caller: number;
  /** All callers of an organization together. */
  readonly organization: number;
  /** An operator token. */
  readonly operator: number;
  /** A client's address, for requests without a credential. */
  readonly address: number;
}

/** Limits of GraphQL operations. docs/limits.md explains them. */
export interface OperationLimitsConfig {
  /** Length of the window in which points are counted. */
  readonly windowSeconds: number;
  /** Points in a window. */
  readonly points: PerCaller;
  /** Concurrent operations. */
  readonly operations: PerCaller;
}

/**
 * Maximum points of an operation with the largest body and document: with a lower limit, it would be rejected in every
 * window.
 */
const POINTS_MIN = 20_000;

/** Reads the limits of /graphql. */
export function readOperationLimits(read: ReadVariable): OperationLimitsConfig {
  const points = (text: string): number => (text === '0' ? 0 : wholeNumber(POINTS_MIN, 1_000_000_000)(text));
  const count = wholeNumber(0, 1_000_000);
  return {
    windowSeconds: read('GRAPHQL_WINDOW_SECONDS', 10, wholeNumber(1, 3_600)),
    points: {
      caller: read('GRAPHQL_POINTS_PER_CALLER', 500_000, points),
      organization: read('GRAPHQL_POINTS_PER_ORGANIZATION', 1_000_000, points),
      operator: read('GRAPHQL_POINTS_PER_OPERATOR', 0, points),
      address: read('GRAPHQL_POINTS_PER_ADDRESS', 50_000, points),
    },
    operations: {
      caller: read('GRAPHQL_OPERATIONS_PER_CALLER', 200, count),
      organization: read('GRAPHQL_OPERATIONS_PER_ORGANIZATION', 500, count),
      operator: read('GRAPHQL_OPERATIONS_PER_OPERATOR', 2_000, count),
      address: read('GRAPHQL_OPERATIONS_PER_ADDRESS', 100, count),
    },
  };
}
