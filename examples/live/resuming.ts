/** A client of graphql-ws or graphql-sse. */
interface SubscriptionClient {
  subscribe(payload: never, sink: never): () => void;
}

interface Payload {
  readonly variables?: Readonly<Record<string, unknown>> | null;
}

interface Sink {
  next(result: { readonly data?: Readonly<Record<string, { cursor?: string } | null>> | null }): void;
}

/**
 * A graphql-ws or graphql-sse client for Apollo Client's `GraphQLWsLink`, urql's `subscriptionExchange` or Relay's network:
 * when it reconnects, each subscription resumes after the last change that it received.
 */
export function resuming<C extends SubscriptionClient>(client: C): C {
  const subscribe = client.subscribe as (payload: Payload, sink: Sink) => () => void;
  return {
    ...client,
    subscribe(payload: Payload, sink: Sink) {
      // The client serializes the variables again whenever it subscribes.
      const variables: Record<string, unknown> = { ...payload.variables };
      const next: Sink['next'] = (result) => {
        for (const event of Object.values(result.data ?? {}))
          if (event?.cursor) variables.after = event.cursor;
        sink.next(result);
      };
      return subscribe({ ...payload, variables }, { ...sink, next });
    },
  };
}
