import type { Client } from 'graphql-ws';

/**
 * A graphql-ws client for Apollo Client's `GraphQLWsLink` or urql's `subscriptionExchange`: when it reconnects, each
 * subscription resumes after the last change that it received.
 */
export function resuming(client: Client): Client {
  return {
    ...client,
    subscribe(payload, sink) {
      // The client serializes the variables again whenever it subscribes.
      const variables = { ...payload.variables };
      return client.subscribe<Record<string, { cursor?: string } | null>>(
        { ...payload, variables },
        {
          ...sink,
          next(result) {
            for (const event of Object.values(result.data ?? {}))
              if (event?.cursor) variables.after = event.cursor;
            sink.next(result as never);
          },
        },
      );
    },
  };
}
