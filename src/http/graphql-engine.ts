import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  validate,
} from 'graphql';
import { isAsyncIterable, type Plugin, YogaServer } from 'graphql-yoga';
import type { GraphQLContext } from '../../schema/context.ts';
import { DocumentCache } from './document-cache.ts';
import { parseWithinLimits } from './document-limits.ts';
import type { Params } from './graphql-params.ts';
import { COST_MAX, queryCost } from './query-cost.ts';

/** At most so many faults of one request are reported. */
const FAULTS_MAX = 20;

/** One operation to run. */
export interface Operation {
  readonly params: Params;
  /** Mutations by GET are refused. */
  readonly method: 'GET' | 'POST';
  readonly context: GraphQLContext;
  /** Told what is about to run, in words of the schema, such as `mutation createApiKey`. */
  started(description: string): void;
}

/** A subscription that was parsed, validated and found to be within all limits, and does not run yet. */
export interface CheckedSubscription {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Runs operations within all limits. Errors come as they were thrown: `presentResult` makes them fit to be seen. Of a
 * subscription it says that it may run: its transport runs it.
 */
export type Engine = (
  operation: Operation,
) => Promise<ExecutionResult | { subscription: CheckedSubscription }>;

interface ServerContext {
  readonly operation: Operation;
  /** Filled in where the operation is a subscription. */
  readonly checked: { subscription?: CheckedSubscription };
}

/** yoga behind a body and parameters that were read by ourselves: its own reading costs as much as all the rest. */
export function createEngine(schema: GraphQLSchema): Engine {
  const yoga = new YogaServer<ServerContext, object>({
    schema,
    plugins: [withinLimits()],
    // There is no such thing as an erroneous document worth keeping.
    parserAndValidationCache: { documentCache: new DocumentCache(), errorCache: { get() {}, set() {} } },
    // What is switched off here is done around the engine, for every route alike.
    maskedErrors: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: false,
    logging: false,
  });
  const { getResultForParams, fetchAPI } = yoga;
  return async (operation) => {
    const request = new fetchAPI.Request('http://keywright/graphql', { method: operation.method });
    const context: ServerContext = { operation, checked: {} };
    const result = await getResultForParams(
      { params: operation.params, request },
      context as Parameters<typeof getResultForParams>[1],
    );
    const { subscription } = context.checked;
    if (subscription) return { subscription };
    if (!result || isAsyncIterable(result)) throw new Error('The operation has no single result');
    return result;
  };
}

/** What GraphQL does between a document's text and its execution, each step bounded. */
function withinLimits(): Plugin<ServerContext, ServerContext> {
  return {
    onParse({ setParseFn }) {
      setParseFn(parseWithinLimits);
    },
    onValidate({ setValidationFn }) {
      setValidationFn((schema: GraphQLSchema, document: DocumentNode, rules) =>
        validate(schema, document, rules, { maxErrors: FAULTS_MAX }),
      );
    },
    onExecute({ args, context, executeFn, setExecuteFn, setResultAndStopExecution }) {
      const { schema, document, operationName, variableValues } = args;
      const operation = getOperationAST(document, operationName);
      if (!operation) return;
      const fault = faultOf(schema, document, operation, variableValues ?? {}, context.operation.context);
      if (fault) return setResultAndStopExecution(fault);
      context.operation.started(describe(operation));
      // Resolvers get the context that they know, without yoga's own additions. (Changing `args` does not do it.)
      const contextValue = context.operation.context;
      setExecuteFn((given) => executeFn({ ...given, contextValue }));
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const { schema, document, operationName, variableValues, contextValue } = args;
      const operation = getOperationAST(document, operationName);
      if (!operation) return;
      const context = contextValue as unknown as ServerContext;
      const fault = faultOf(schema, document, operation, variableValues ?? {}, context.operation.context);
      if (fault) return setResultAndStopExecution(fault);
      context.operation.started(describe(operation));
      context.checked.subscription = { document, operation, variables: variableValues ?? {} };
      setResultAndStopExecution({ data: null });
    },
  };
}

/** Why an operation does not run: variables that don't fit, or too much that it can return. */
function faultOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  ctx: GraphQLContext,
): ExecutionResult | null {
  const errors = variableFaults(schema, operation, variables);
  if (errors.length > 0) return { errors };
  const cost = queryCost(schema, document, operation, variables, ctx);
  return cost > COST_MAX ? { errors: [tooComplex(cost)] } : null;
}

function variableFaults(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  values: Record<string, unknown>,
): GraphQLError[] {
  if (variableDefinitions.length === 0) return [];
  const { errors = [] } = getVariableValues(schema, variableDefinitions, values, { maxErrors: FAULTS_MAX });
  return errors.map(
    ({ message, nodes = null }) =>
      new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } }),
  );
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
