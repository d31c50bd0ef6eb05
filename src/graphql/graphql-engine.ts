import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  OperationTypeNode,
  specifiedRules,
} from 'graphql';
import { isAsyncIterable, type Plugin, YogaServer } from 'graphql-yoga';
import { documentPoints, rejectedDocumentPoints } from './cost/query-cost.ts';
import { DocumentCache } from './document-cache.ts';
import { parseWithinLimits } from './document-limits.ts';
import type { Operation, PricedSubscription } from './graphql-operation.ts';
import { FAULTS_MAX, keptPlans, type Parts, PreparedOperation } from './prepared-operation.ts';
import { validationFaults } from './validation-faults.ts';

export type { CheckedSubscription, Operation, PricedSubscription } from './graphql-operation.ts';

/**
 * Runs operations within all limits. Errors come as they were thrown: `presentResult` makes them fit to be seen. Of a
 * subscription it says that it may run: its transport runs it.
 */
export type Engine = (
  operation: Operation,
) => Promise<ExecutionResult | { subscription: PricedSubscription }>;

interface ServerContext {
  readonly operation: Operation;
  /** Filled in where yoga lets the operation through. */
  admitted?: PreparedOperation;
}

/**
 * yoga behind a body and parameters that were read by ourselves: its own reading costs as much as all the rest. It parses,
 * validates and applies the rules of the protocol; what it has let through once is not shown to it again, and is
 * executed by its plan.
 */
export function createEngine(schema: GraphQLSchema, parts: Omit<Parts, 'plans'>): Engine {
  const documents = new DocumentCache();
  const plans = keptPlans();
  const prepared = new WeakMap<OperationDefinitionNode, PreparedOperation>();
  const prepare = (
    text: string,
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ): PreparedOperation => {
    documents.set(text, document);
    const made =
      prepared.get(operation) ?? new PreparedOperation(schema, document, operation, { ...parts, plans });
    prepared.set(operation, made);
    return made;
  };
  const yoga = new YogaServer<ServerContext, object>({
    schema,
    plugins: [withinLimits(prepare)],
    // Only documents whose operation was admitted are kept (below): erroneous ones take nobody's place.
    parserAndValidationCache: {
      documentCache: { get: (text) => documents.get(text), set() {} },
      errorCache: { get() {}, set() {} },
    },
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

  const admittedBefore = ({ params, method }: Operation): PreparedOperation | null => {
    const document = documents.get(params.query);
    const operation = document && getOperationAST(document, params.operationName);
    // By GET, yoga looks at each anew: it refuses mutations.
    if (!operation || (method === 'GET' && operation.operation !== OperationTypeNode.QUERY)) return null;
    return prepared.get(operation) ?? null;
  };

  return async (operation) => {
    const known = admittedBefore(operation);
    if (known) return known.run(operation);
    const { query } = operation.params;
    // Parsing and validating cost the more, the longer the document is; nothing else is known of it yet.
    operation.charge.spend(documentPoints(query.length));
    const request = new fetchAPI.Request('http://keywright/graphql', { method: operation.method });
    const context: ServerContext = { operation };
    const result = await getResultForParams(
      { params: operation.params, request },
      context as Parameters<typeof getResultForParams>[1],
    );
    if (context.admitted) return context.admitted.run(operation);
    operation.charge.owe(rejectedDocumentPoints(query.length));
    if (!result || isAsyncIterable(result)) throw new Error('The operation has no single result');
    return result;
  };
}

/** What yoga does between a document's text and its execution, each step bounded; the execution is left to the engine. */
function withinLimits(
  prepare: (text: string, document: DocumentNode, operation: OperationDefinitionNode) => PreparedOperation,
): Plugin<ServerContext, ServerContext> {
  const admit = (
    {
      document,
      operationName,
    }: { readonly document: DocumentNode; readonly operationName?: string | null | undefined },
    context: ServerContext,
  ): boolean => {
    const operation = getOperationAST(document, operationName);
    if (operation) context.admitted = prepare(context.operation.params.query, document, operation);
    return operation !== null && operation !== undefined;
  };
  return {
    onParse({ setParseFn }) {
      setParseFn(parseWithinLimits);
    },
    onValidate({ setValidationFn }) {
      setValidationFn((schema: GraphQLSchema, document: DocumentNode, rules) =>
        validationFaults(schema, document, rules ?? specifiedRules, FAULTS_MAX),
      );
    },
    onExecute({ args, context, setResultAndStopExecution }) {
      if (admit(args, context)) setResultAndStopExecution({ data: null });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const context = args.contextValue as unknown as ServerContext;
      if (admit(args, context)) setResultAndStopExecution({ data: null });
    },
  };
}
