import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import type { Connection } from '../live/connection.ts';
import { ActiveQueries } from './active-queries.ts';
import { fetchApi, HEADERS } from './ask.ts';
import { normalizedCache } from './cache.ts';

/** The API client of one organization's views. Each organization has its own, so that no data leaks between them. */
export interface OrganizationClient {
  readonly client: Client;
  /** Refetches all data of the open views. */
  reload(): void;
  /** Refetches failed queries. */
  retry(): void;
}

/** Information about the viewer in responses. */
export interface ClientEvents {
  /** The session has ended. */
  signedOut(): void;
  /** A permission is missing: the known permissions may be outdated. */
  forbidden(): void;
}

/** Creates the client with its own cache. */
export function createOrganizationClient(connection: Connection, events: ClientEvents): OrganizationClient {
  const queries = new ActiveQueries();
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetch: fetchApi,
    fetchOptions: { credentials: 'same-origin', headers: HEADERS },
    exchanges: [
      mapExchange({
        onOperation: (operation) => queries.note(operation),
        onResult: (result) => queries.noteResult(result),
        onError: ({ graphQLErrors }) => {
          const codes = graphQLErrors.map(({ extensions }) => extensions.code);
          if (codes.includes('UNAUTHENTICATED')) events.signedOut();
          if (codes.includes('FORBIDDEN')) events.forbidden();
        },
      }),
      normalizedCache(),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: connection.forward }),
    ],
  });
  return { client, reload: () => queries.reload(client), retry: () => queries.retry(client) };
}
