import {
  assertValidSchema,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { ResponseBudget } from '../response/response-budget.ts';
import { FieldErrors } from './field-errors.ts';
import type { Plan } from './plan.ts';
import { PlanCache } from './plan-cache.ts';
import { executePlan } from './run.ts';

/** Options of an execution in addition to graphql-js's arguments. */
export interface ExecuteArgs extends ExecutionArgs {
  /** Coerced variables; `variableValues` are ignored then. */
  readonly coerced?: Record<string, unknown> | undefined;
  /** Counts the result while it is built; omitted: unlimited. */
  readonly budget?: ResponseBudget | undefined;
  /** Aborts a query whose client has disconnected. A mutation always completes. */
  readonly signal?: AbortSignal | undefined;
  /** The cached plan of the operation with these variables, if any. */
  readonly plan?: Plan | undefined;
  /** Plan cache. Omitted: shared with all other executions. */
  readonly plans?: PlanCache | undefined;
}

/** As in graphql-js. */
const COERCION_ERRORS_MAX = 50;

const PLANS = new PlanCache();

/**
 * Executes an operation by the algorithm of graphql-js's `execute` (GraphQL specification, 6), with its wording and
 * order of errors, by a plan that is cached with the operation. Doesn't support `fieldResolver` and `typeResolver`.
 * Never rejects: errors are in the result. Throws if the arguments themselves are invalid.
 */
export function execute(args: ExecuteArgs): ExecutionResult | Promise<ExecutionResult> {
  const { schema, document, plans = PLANS } = args;
  assertArguments(args);
  const operation = selectOperation(args);
  if (operation instanceof GraphQLError) return { errors: [operation] };
  const { coerced, errors } = args.coerced ? { coerced: args.coerced } : coerce(args, operation);
  if (errors) return { errors };
  let plan: Plan;
  try {
    plan = args.plan ?? plans.get({ schema, document, operation, variables: coerced });
  } catch (error) {
    return { errors: [error as GraphQLError], data: null };
  }
  const result = executePlan({
    plan,
    root: args.rootValue,
    context: args.contextValue,
    variables: coerced,
    errors: new FieldErrors(),
    budget: args.budget ?? ResponseBudget.unlimited(),
    signal: operation.operation === 'mutation' ? undefined : args.signal,
  });
  if (args.plan) return result;
  if ('then' in result) return result.finally(() => plans.keep(operation, plan));
  plans.keep(operation, plan);
  return result;
}

/** Same message as graphql-js. */
function assertArguments({ schema, document, variableValues }: ExecuteArgs): void {
  if (!document) throw new Error('Must provide document.');
  assertValidSchema(schema);
  if (variableValues && typeof variableValues !== 'object')
    throw new Error(
      'Variables must be provided as an Object where each property is a variable value. Perhaps look to see if an unparsed JSON string was provided.',
    );
}

function coerce({ schema, variableValues, options }: ExecuteArgs, operation: OperationDefinitionNode) {
  const maxErrors = options?.maxCoercionErrors ?? COERCION_ERRORS_MAX;
  return getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {}, { maxErrors });
}

function selectOperation({ document, operationName }: ExecutionArgs): OperationDefinitionNode | GraphQLError {
  let found: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operationName === null || operationName === undefined) {
      if (found)
        return new GraphQLError('Must provide operation name if query contains multiple operations.');
      found = definition;
    } else if (definition.name?.value === operationName) found = definition;
  }
  if (found) return found;
  if (operationName === null || operationName === undefined)
    return new GraphQLError('Must provide an operation.');
  return new GraphQLError(`Unknown operation named "${operationName}".`);
}
