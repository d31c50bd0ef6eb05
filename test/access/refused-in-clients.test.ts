import {
  ApolloClient,
  gql as apolloGql,
  CombinedGraphQLErrors,
  HttpLink,
  InMemoryCache,
} from '@apollo/client';
import { Client, fetchExchange, gql as urqlGql } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { onEachDatabase } from '../support/databases.ts';
import { ask, serverOn } from '../support/server.ts';
import { Place } from './world.ts';

const ROTATE = `mutation Rotate($id: ID!) { rotateApiKey(input: { id: $id }) {
  ... on RotateApiKeyPayload { secret apiKey { id auditLog(first: 1) { totalCount } } } } }`;

interface Rotated {
  readonly rotateApiKey: { readonly secret: string; readonly apiKey: { readonly auditLog: unknown } };
}

const ARRIVED = {
  rotateApiKey: { secret: expect.stringMatching(/^kw_live_/), apiKey: { auditLog: null } },
};

onEachDatabase('a rotation by somebody without audit.view that selects the audit log', (engine) => {
  const server = serverOn(engine);

  async function rotation() {
    const place = await Place.make(server().services, 'Acme');
    const { secret } = await place.key({ grants: ['api.key.update'] });
    const { id } = await place.key();
    return { url: `${server().url}/graphql`, headers: { Authorization: `Bearer ${secret}` }, id };
  }

  test('urql: returns the secret, the null and the error', async () => {
    const { url, headers, id } = await rotation();
    const client = new Client({
      url,
      fetchOptions: { headers },
      preferGetMethod: false,
      exchanges: [fetchExchange],
    });
    const { data, error } = await client.mutation(urqlGql(ROTATE), { id }).toPromise();
    expect(data).toMatchObject(ARRIVED);
    expect(error?.graphQLErrors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  test.each(['graphql-sse', 'graphql-ws'])('%s: the same in one result', async (name) => {
    const { url, headers, id } = await rotation();
    const client =
      name === 'graphql-sse'
        ? createSseClient({ url, headers })
        : createClient({
            url: url.replace('http', 'ws'),
            webSocketImpl: WebSocket,
            connectionParams: { authorization: headers.Authorization },
          });
    onTestFinished(() => void client.dispose());
    const results: object[] = [];
    for await (const result of client.iterate({ query: ROTATE, variables: { id } })) results.push(result);
    expect(results).toMatchObject([{ data: ARRIVED, errors: [{ extensions: { code: 'FORBIDDEN' } }] }]);
  });

  test('Apollo Client: the same with errorPolicy all; by default, the error has the data', async () => {
    const { url, headers, id } = await rotation();
    const client = new ApolloClient({
      link: new HttpLink({ uri: url, headers }),
      cache: new InMemoryCache(),
    });
    const mutation = apolloGql(ROTATE);
    const all = await client.mutate<Rotated>({ mutation, variables: { id }, errorPolicy: 'all' });
    expect(all.data).toMatchObject(ARRIVED);
    expect(CombinedGraphQLErrors.is(all.error)).toBe(true);
    const thrown = await client.mutate<Rotated>({ mutation, variables: { id } }).catch((error) => error);
    expect(CombinedGraphQLErrors.is(thrown) && thrown.data).toMatchObject(ARRIVED);
    client.stop();
  });
});

onEachDatabase('a mutation whose first field ends the credential that the second one needs', (engine) => {
  const server = serverOn(engine);

  test('returns what the first field shows only once, with the status 200', async () => {
    const place = await Place.make(server().services, 'Acme');
    const { id, secret } = await place.key({ grants: ['api.key.update', 'api.key.create'] });
    const document = `mutation Rotate($id: ID!) {
      rotateApiKey(input: { id: $id, overlapSeconds: 0 }) { ... on RotateApiKeyPayload { secret } }
      createApiKey(input: { name: "Next" }) { __typename } }`;
    const headers = { accept: 'application/json' };
    const answer = await ask(server(), document, { token: secret, variables: { id }, headers });
    expect(answer).toMatchObject({
      status: 200,
      data: { rotateApiKey: { secret: expect.stringMatching(/^kw_live_/) }, createApiKey: null },
      errors: [{ path: ['createApiKey'], extensions: { code: 'UNAUTHENTICATED' } }],
    });
    // The old secret is rejected as before: nothing is executed with it.
    expect(await ask(server(), document, { token: secret, variables: { id } })).toMatchObject({
      status: 401,
    });
  });
});
