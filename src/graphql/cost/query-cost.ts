import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { GraphQLContext } from '../../../schema/context.ts';
import { isolateOperation } from '../isolate-operation.ts';
import { introspectionCost } from './introspection-cost.ts';

/**
 * The cost of one operation: about the number of fields that it can return, as weighted by the schema, and the rows
 * that it reads beyond that (`scan-cost.ts`).
 */
export const COST_MAX = 10_000;

/** Fields of a response that take about as long as one point of a scan. */
const FIELDS_PER_POINT = 10;

/** Characters of a document per point, if it is not yet known or its operation is rejected. */
const CHARACTERS_PER_POINT = 10;

/** Maximum points charged for a rejected document: it is not examined further. */
const REJECTED_POINTS_MAX = 5_000;

/** Points for parsing and validating a document of this length, in UTF-16 units, or for a rejected operation. */
export function documentPoints(length: number): number {
  return Math.floor(length / CHARACTERS_PER_POINT);
}

/** Additional points for a rejected document, ten times as many. */
export function rejectedDocumentPoints(length: number): number {
  return Math.min(length, REJECTED_POINTS_MAX);
}

/** Points of an operation, in addition to the one that every request costs. */
export function chargeOf(fields: number, scans: number): number {
  return Math.max(0, Math.ceil(fields / FIELDS_PER_POINT) + scans - 1);
}

/** Cost of the operation with these coerced variables at the current time. */
export function queryCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  ctx: GraphQLContext,
): number {
  const { complexity } = complexityFromQuery(isolateOperation(document, operation), {
    schema,
    variables,
    ctx,
  });
  return complexity + introspectionCost(schema, document, operation);
}

/**
 * Whether the cost can differ the next time: because a field's weight is computed from its arguments, or depends on the
 * time.
 */
export function hasVariableCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): boolean {
  const hasVariables = (operation.variableDefinitions ?? []).length > 0;
  const types = new TypeInfo(schema);
  let found = false;
  const Field = (): void => {
    const { complexity, costsByTheTime } = types.getFieldDef()?.extensions ?? {};
    found ||= costsByTheTime === true || (hasVariables && typeof complexity === 'function');
  };
  visit(isolateOperation(document, operation), visitWithTypeInfo(types, { Field }));
  return found;
}
