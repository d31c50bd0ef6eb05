import { ApolloClient, gql as apolloGql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { generatePersistedQueryIdsFromManifest } from '@apollo/persisted-query-lists';
import { fetchExchange, Client as UrqlClient, gql as urqlGql } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { sha256, writeManifests } from '../../support/manifests.ts';
import { ask, makeApiKey, makeMember, startTestServer } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

const NAMES = `query Names {
  apiKeys {
    nodes {
      id
      name
    }
  }
}`;
const OTHER = 'query Other {\n  viewer {\n    id\n  }\n}';
const CHANGES = 'subscription Changes { apiKeyChanged { apiKey { name } } }';

/** What a client has sent: `id` or `text`, or both. */
type Sent = string[];

/** A server with an Apollo manifest of NAMES, and others by hash; `fetch` records what is sent to it. */
async function serving(only: boolean) {
  const operations = [{ id: 'names-1', name: 'Names', type: 'query', body: NAMES }];
  const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations };
  const path = writeManifests({ 'apollo.json': manifest, 'relay.json': { [sha256(CHANGES)]: CHANGES } });
  const config = { trustedDocuments: path, trustedDocumentsOnly: only };
  const server = await startTestServer('sqlite', { config });
  onTestFinished(() => server.close());
  const member = await makeMember(server);
  await makeApiKey(server, member.organizationId, { name: 'First' });
  const headers = { Authorization: `Bearer ${member.sessionToken}` };
  const sent: Sent = [];
  const recording: typeof fetch = (input, init) => {
    const { searchParams } = new URL(String(input));
    const body = init?.body ? JSON.parse(String(init.body)) : Object.fromEntries(searchParams);
    sent.push([body.extensions && 'id', body.query && 'text'].filter(Boolean).join(' and '));
    return fetch(input, init);
  };
  return { server, member, manifest, headers, sent, fetch: recording };
}

const names = (data: unknown) =>
  (data as { apiKeys: { nodes: { name: string }[] } } | undefined)?.apiKeys.nodes.map(({ name }) => name);

describe.each([false, true])('with nothing but trusted documents: %s', (only) => {
  test.each([false, true])(
    'Apollo Client uses the IDs of its manifest, by GET: %s',
    async (useGETForHashedQueries) => {
      const { server, manifest, headers, sent, fetch } = await serving(only);
      const ids = generatePersistedQueryIdsFromManifest({ loadManifest: () => manifest });
      const link = new PersistedQueryLink({ ...ids, useGETForHashedQueries });
      const client = new ApolloClient({
        cache: new InMemoryCache({ addTypename: false } as object),
        link: link.concat(new HttpLink({ uri: `${server.url}/graphql`, headers, fetch })),
      });
      onTestFinished(() => client.stop());
      expect(names((await client.query({ query: apolloGql(NAMES) })).data)).toEqual(['First']);
      expect(sent).toEqual(['id']);
    },
  );

  test.each([false, true])('urql sends hashes, and texts only if it must, by GET: %s', async (byGet) => {
    const { server, headers, sent, fetch } = await serving(only);
    const client = new UrqlClient({
      url: `${server.url}/graphql`,
      preferGetMethod: false,
      fetch,
      fetchOptions: { headers },
      exchanges: [persistedExchange({ preferGetForPersistedQueries: byGet }), fetchExchange],
    });
    expect(names((await client.query(urqlGql(NAMES), {})).data)).toEqual(['First']);
    expect(sent).toEqual(['id']);
    const { data, error } = await client.query(urqlGql(OTHER), {});
    expect(sent).toEqual(['id', 'id', 'id and text']);
    if (only) expect(error?.graphQLErrors[0]?.extensions.code).toBe('PERSISTED_QUERY_ID_REQUIRED');
    else expect(data).toEqual({ viewer: { id: expect.any(String) } });
  });

  test('graphql-ws subscribes by ID and by hash', async () => {
    const { server, member } = await serving(only);
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${member.sessionToken}` },
    });
    onTestFinished(() => client.dispose());
    const persistedQuery = { version: 1, sha256Hash: sha256(CHANGES) };
    const payloads = [
      { query: '', documentId: sha256(CHANGES) },
      { query: '', extensions: { persistedQuery } },
    ];
    const received: unknown[] = [];
    const ends: unknown[] = [];
    for (const payload of payloads)
      client.subscribe(payload, {
        next: ({ data }) => received.push(data),
        error: (error) => ends.push(error),
        complete: () => ends.push('complete'),
      });
    await eventually(() => server.app.liveServer.subscriptions.counts.subscribers === 2);
    await makeApiKey(server, member.organizationId, { name: 'Second' });
    await eventually(() => received.length === 2);
    expect(received).toEqual(payloads.map(() => ({ apiKeyChanged: { apiKey: { name: 'Second' } } })));
    expect(ends).toEqual([]);
  });
});

test('the sign-in page without a console sends only documents that are always trusted', async () => {
  const server = await startTestServer('sqlite', { config: { trustedDocumentsOnly: true } });
  onTestFinished(() => server.close());
  const script = await (await fetch(`${server.url}/sign-in.js`)).text();
  const documents = new Set(
    [...script.matchAll(/'((?:query|mutation) [^']+)'/g)].map(([, text]) => text ?? ''),
  );
  expect(documents.size).toBe(3);
  for (const query of documents) {
    const { errors } = await ask(server, query, { variables: { token: 'x', input: { token: 'x' } } });
    expect(errors.map(({ extensions }) => extensions.code)).not.toContain('PERSISTED_QUERY_ID_REQUIRED');
  }
});
