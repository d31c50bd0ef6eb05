import { createHash } from 'node:crypto';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { expect, test } from 'vitest';
import { onEachDatabase } from '../../support/databases.ts';
import { connectLive } from '../../support/live-socket.ts';
import { initialized, startServer } from '../../support/serve.ts';
import { makeMember, send, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const EXTENSIONS = { persistedQuery: { version: 1, sha256Hash: sha256('{ __typename }') } };

onEachDatabase('persisted queries', (engine) => {
  test.each([true, false])(
    'are replaced by Apollo Client’s link with whole ones, GET for hashes: %s',
    async (useGETForHashedQueries) => {
      const { env, token } = await initialized(engine);
      const { url } = await startServer(env);
      const requests: string[] = [];
      const http = new HttpLink({
        uri: `${url}/graphql`,
        headers: { Authorization: `Bearer ${token}` },
        fetch: async (input, init) => {
          const response = await fetch(input, init);
          requests.push(`${init?.method} ${response.status}`);
          return response;
        },
      });
      const link = new PersistedQueryLink({ sha256, useGETForHashedQueries }).concat(http);
      const client = new ApolloClient({ cache: new InMemoryCache(), link });
      const query = gql('query Keys { apiKeys { nodes { id name } } }');
      const mutation = gql('mutation Create { createApiKey(input: { name: "Persisted" }) { __typename } }');
      const { data } = await client.mutate({ mutation });
      expect(data).toEqual({ createApiKey: { __typename: 'CreateApiKeyPayload' } });
      const keys = await client.query<{ apiKeys: { nodes: { name: string }[] } }>({ query });
      expect(keys.data?.apiKeys.nodes.map(({ name }) => name)).toEqual(['Persisted']);
      // The first one was answered with the error, after which it sends no more hashes.
      expect(requests).toEqual(['POST 400', 'POST 200', 'POST 200']);
      client.stop();
    },
  );

  const server = serverOn(engine);

  test.each(['GET', 'POST'])(
    'have an error of their own by %s, with a status that clients expect',
    async (method) => {
      for (const [accept, status] of [
        ['application/json', 200],
        ['application/graphql-response+json', 400],
        ['text/event-stream', 200],
      ] as const) {
        const search =
          method === 'GET' ? `?extensions=${encodeURIComponent(JSON.stringify(EXTENSIONS))}` : '';
        const response = await fetch(`${server().url}/graphql${search}`, {
          method,
          headers: { Accept: accept, ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}) },
          ...(method === 'POST' ? { body: JSON.stringify({ extensions: EXTENSIONS }) } : {}),
        });
        expect(response.status).toBe(status);
        const text = await response.text();
        const error =
          '{"message":"PersistedQueryNotSupported","extensions":{"code":"PERSISTED_QUERY_NOT_SUPPORTED"}}';
        expect(text).toContain(`{"errors":[${error}]}`);
      }
    },
  );

  test('are not what has a document as well, or no object', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const both = await send(server(), {
      headers,
      body: JSON.stringify({ query: '{ __typename }', extensions: EXTENSIONS }),
    });
    expect(both.body).toEqual({ data: { __typename: 'Query' } });
    for (const extensions of [{}, { persistedQuery: null }, { persistedQuery: 'x' }, []]) {
      const none = await send(server(), { headers, body: JSON.stringify({ extensions }) });
      expect([none.status, none.body.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
    }
  });

  test('have the same error on a socket', async () => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    socket.send({ type: 'subscribe', id: 'x', payload: { query: '', extensions: EXTENSIONS } });
    const error = await eventually(() => socket.messages.find(({ type }) => type === 'error'));
    expect(error?.payload).toEqual([
      { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
    ]);
  });
});
