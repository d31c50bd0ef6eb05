import { complexityFromQuery } from '@pothos/plugin-complexity';
import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql';
import type { GraphQLContext } from '../../schema/context.ts';

/** What one operation may cost: about the fields it can return, as the schema weighs them. */
export const COST_MAX = 10_000;

/** Costs of operations without variables: those don't change. */
const known = new WeakMap<OperationDefinitionNode, number>();

/** What the operation costs with these (already checked) variables, at the time of this context's clock. */
export function queryCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  ctx: GraphQLContext,
): number {
  const before = known.get(operation);
  if (before !== undefined) return before;
  // The plugin takes the first operation that it meets.
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const alone: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
  const cost = complexityFromQuery(alone, { schema, variables, ctx }).complexity;
  if (!operation.variableDefinitions?.length) known.set(operation, cost);
  return cost;
}
