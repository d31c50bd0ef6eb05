import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { createYoga, isAsyncIterable, type Plugin } from 'graphql-yoga';
import { DocumentCache } from './document-cache.ts';
import type { OperationContext, PricedSubscription } from './operation-context.ts';
import type { Params } from './params.ts';
import { useCost } from './plugins/cost.ts';
import { useDocumentLimits } from './plugins/document-limits.ts';
import { useExecutor } from './plugins/executor.ts';
import { useIdempotencyKey } from './plugins/idempotency-key.ts';
import { useMeasurements } from './plugins/measurements.ts';
import { useTrustedDocuments } from './plugins/trusted-documents.ts';
import type { OperationBounds } from './prepared-operation.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** A context without the properties set by `run`. */
export type RunContext = Omit<OperationContext, 'subscribe'>;

/** Every GraphQL operation of the server, whatever its transport, goes through one yoga. */
export interface GraphQLEngine {
  readonly yoga: ReturnType<typeof createYoga<OperationContext>>;
  /**
   * Runs an operation that didn't arrive as its own HTTP request, through the same hooks. Errors are unmasked: pass
   * the result to `presentResult`. A subscription is returned once it is admitted, unless a plugin has replaced its
   * result. `signal` aborts when the result is no longer needed.
   */
  run(
    params: Params,
    context: RunContext,
    signal?: AbortSignal,
  ): Promise<ExecutionResult | { readonly subscription: PricedSubscription }>;
}

/** `plugins` are the transport's own. `trusted`: null without trusted documents. */
export function createEngine<C extends OperationContext>(
  schema: GraphQLSchema,
  bounds: OperationBounds,
  plugins: readonly (Plugin<C, C> | Plugin)[] = [],
  trusted: TrustedDocuments | null = null,
): GraphQLEngine {
  const documents = new DocumentCache();
  const yoga = createYoga<OperationContext>({
    schema,
    plugins: [
      ...(plugins as readonly object[] as Plugin[]),
      ...useTrustedDocuments(trusted),
      useMeasurements(),
      useDocumentLimits(),
      useCost(bounds, documents),
      useIdempotencyKey(),
      useExecutor(),
    ],
    // `useCost` caches only valid documents, so that erroneous ones don't evict them.
    parserAndValidationCache: {
      documentCache: { get: (text) => documents.get(text), set() {} },
      errorCache: { get() {}, set() {} },
    },
    // Errors are masked with the request's id, which yoga's own masking doesn't know.
    maskedErrors: false,
    // The HTTP server around yoga does this for every route.
    maxRequestBodySize: false,
    extraParamNames: ['documentId'],
    graphiql: false,
    landingPage: false,
    cors: false,
    batching: false,
    multipart: false,
    logging: false,
  });
  const { getResultForParams, fetchAPI } = yoga;
  return {
    yoga,
    async run(params, base, signal) {
      let subscription: PricedSubscription | undefined;
      const admitted: ExecutionResult = { data: null };
      const subscribe = async (priced: PricedSubscription): Promise<ExecutionResult> => {
        subscription = priced;
        return admitted;
      };
      const request = new fetchAPI.Request(ENDPOINT, { method: 'POST', signal: signal ?? null });
      const context = Object.assign(base, { subscribe });
      const result = await getResultForParams(
        { params, request },
        context as unknown as Parameters<typeof getResultForParams>[1],
      );
      if (subscription && result === admitted) return { subscription };
      if (!result || isAsyncIterable(result)) throw new Error('The operation has no single result');
      return result;
    },
  };
}

/** Where yoga serves GraphQL. */
export const ENDPOINT = 'http://keywright/graphql';
