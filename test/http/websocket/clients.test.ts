import { ApolloClient, gql as apolloGql, HttpLink, InMemoryCache, split } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition } from '@apollo/client/utilities';
import {
  cacheExchange,
  type ExecutionResult,
  fetchExchange,
  subscriptionExchange,
  Client as UrqlClient,
  gql as urqlGql,
} from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { type ClientOptions, createClient } from 'graphql-ws';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { onEachDatabase } from '../../support/databases.ts';
import { CHANGED, present, rename, USED } from '../../support/live.ts';
import { areLive } from '../../support/live-socket.ts';
import { makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

interface Changed {
  readonly apiKeyChanged: { readonly cursor: string; readonly apiKey: { id: string; name: string } };
}

/** The usual client, as its users set it up. */
function graphqlWs({ url }: { url: string }, token: string, options: Partial<ClientOptions> = {}) {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    ...options,
  });
  onTestFinished(() => client.dispose());
  return client;
}

onEachDatabase('a client as it comes', (engine) => {
  const server = serverOn(engine);

  test('graphql-ws: queries, mutations and subscriptions on one socket', async () => {
    const { sessionToken, userId } = await makeMember(server());
    const client = graphqlWs(server(), sessionToken);
    const results = client.iterate<Changed>({ query: CHANGED });
    const first = results.next();
    await areLive(server(), 1);
    const create = 'mutation { createApiKey(input: { name: "By socket" }) { __typename } }';
    const created = await client.iterate({ query: create }).next();
    expect(created.value.data).toEqual({ createApiKey: { __typename: 'CreateApiKeyPayload' } });
    expect((await first).value.data.apiKeyChanged.apiKey.name).toBe('By socket');
    await results.return?.();
    const who = await client.iterate({ query: '{ viewer { actor { ... on User { id } } } }' }).next();
    expect(who.value.data).toEqual({ viewer: { actor: { id: userId } } });
    await areLive(server(), 0);
  });

  test('graphql-ws: is told that its credential is not accepted, and does not try again', async () => {
    const client = graphqlWs(server(), `sess_${'A'.repeat(43)}`);
    await expect(client.iterate({ query: CHANGED }).next()).rejects.toMatchObject({ code: 4401 });
  });

  test('Apollo Client: a subscription keeps its normalized cache right', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId, { name: 'Before' });
    const ws = new GraphQLWsLink(graphqlWs(server(), sessionToken));
    const http = new HttpLink({
      uri: `${server().url}/graphql`,
      headers: { Authorization: `Bearer ${sessionToken}` },
    });
    const isSubscription = ({ query }: { query: Parameters<typeof getMainDefinition>[0] }) => {
      const definition = getMainDefinition(query);
      return definition.kind === 'OperationDefinition' && definition.operation === 'subscription';
    };
    const client = new ApolloClient({ cache: new InMemoryCache(), link: split(isSubscription, ws, http) });
    onTestFinished(() => client.stop());
    const query = apolloGql('query ($id: ID!) { apiKey(id: $id) { id name lastUsedAt } }');
    const variables = { id: key.id };
    const shown: unknown[] = [];
    const watching = client.watchQuery({ query, variables }).subscribe(({ data }) => {
      if (data) shown.push(data);
    });
    const changes = client.subscribe({ query: apolloGql(CHANGED) }).subscribe({});
    const uses = client.subscribe({ query: apolloGql(USED) }).subscribe({});
    onTestFinished(async () => {
      for (const one of [watching, changes, uses]) one.unsubscribe();
      // The next test counts those that are live.
      await areLive(server(), 0);
    });
    await eventually(() => shown.length > 0);
    await areLive(server(), 2);
    await rename(server(), key.id, 'After');
    await present(server(), key.secret);
    const lastUsedAt = new Date(server().clock.now()).toISOString();
    await eventually(() => {
      const { apiKey } = shown.at(-1) as { apiKey: { name: string; lastUsedAt: string | null } };
      return apiKey.name === 'After' && apiKey.lastUsedAt === lastUsedAt;
    });
  });

  test('urql: by its subscription exchange', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const ws = graphqlWs(server(), sessionToken);
    const client = new UrqlClient({
      url: `${server().url}/graphql`,
      preferGetMethod: false,
      exchanges: [
        cacheExchange,
        fetchExchange,
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables }) => ({
            subscribe: (sink) => ({
              unsubscribe: ws.subscribe(
                { query, variables: variables as Record<string, unknown> },
                {
                  ...sink,
                  next: (result) => sink.next(result as ExecutionResult),
                },
              ),
            }),
          }),
        }),
      ],
    });
    const names: string[] = [];
    const { unsubscribe } = client
      .subscription<Changed>(urqlGql(CHANGED), {})
      .subscribe(({ data, error }) => {
        expect(error).toBeUndefined();
        if (data) names.push(data.apiKeyChanged.apiKey.name);
      });
    await areLive(server(), 1);
    for (const name of ['One', 'Two']) await makeApiKey(server(), organizationId, { name });
    await eventually(() => names.length === 2);
    expect(names).toEqual(['One', 'Two']);
    unsubscribe();
    await areLive(server(), 0);
  });

  test('graphql-sse: distinct connections', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const client = createSseClient({
      url: `${server().url}/graphql`,
      headers: { Authorization: `Bearer ${sessionToken}` },
      retryAttempts: 0,
    });
    onTestFinished(() => client.dispose());
    const results = client.iterate<Changed>({ query: CHANGED });
    const first = results.next();
    await areLive(server(), 1);
    await makeApiKey(server(), organizationId, { name: 'Streamed' });
    expect((await first).value.data.apiKeyChanged.apiKey.name).toBe('Streamed');
    await results.return?.();
    await areLive(server(), 0);
    const rejected = client.iterate({ query: CHANGED, variables: { after: 'nonsense' } });
    expect((await rejected.next()).value.errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    expect(await rejected.next()).toMatchObject({ done: true });
  });
});
