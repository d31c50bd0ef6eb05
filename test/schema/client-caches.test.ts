import { ApolloClient, gql as apolloGql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange, gql as urqlGql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { introspectionFromSchema } from 'graphql';
import { expect, test, vi } from 'vitest';
import { schema } from '../../schema/index.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeMember, serverOn } from '../support/server.ts';

const SESSIONS = `query Sessions { viewer { __typename id
  actor { __typename displayName ... on User { id } }
  sessions { __typename id userAgent current } } }`;
const SESSION = 'query Session($id: ID!) { node(id: $id) { __typename id ... on Session { userAgent } } }';

onEachDatabase('the cache of a client as it comes', (engine) => {
  const server = serverOn(engine);
  const optionsFor = (token: string) => ({
    url: `${server().url}/graphql`,
    headers: { Authorization: `Bearer ${token}` },
  });

  test('Apollo Client: keeps the viewer, its user and its sessions as entities of their own', async () => {
    const { sessionToken, userId } = await makeMember(server());
    const { url, headers } = optionsFor(sessionToken);
    const cache = new InMemoryCache({ possibleTypes: { Actor: ['User', 'ApiKey', 'SystemActor'] } });
    const client = new ApolloClient({ link: new HttpLink({ uri: url, headers }), cache });
    const { data } = await client.query<{ viewer: { id: string; sessions: { id: string }[] } }>({
      query: apolloGql(SESSIONS),
    });
    const id = data?.viewer.sessions[0]?.id ?? '';
    const entities = cache.extract();
    expect(entities[`Viewer:viewer:${userId}`]).toMatchObject({ actor: { __ref: `User:${userId}` } });
    expect(entities[`Session:${id}`]).toMatchObject({ id, current: true });
    // The same entity by another way.
    cache.modify({ id: `Session:${id}`, fields: { userAgent: () => 'Changed in the cache' } });
    await client.query({ query: apolloGql(SESSION), variables: { id }, fetchPolicy: 'network-only' });
    const again = cache.readQuery<{ viewer: { sessions: { userAgent: string | null }[] } }>({
      query: apolloGql(SESSIONS),
    });
    expect(again?.viewer.sessions[0]?.userAgent).not.toBe('Changed in the cache');
    client.stop();
  });

  test('urql with graphcache: has a key for everything, and updates a session by another query', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { sessionToken } = await makeMember(server());
    const { url, headers } = optionsFor(sessionToken);
    const keys = { SystemActor: () => null };
    const client = new Client({
      url,
      fetchOptions: { headers },
      preferGetMethod: false,
      exchanges: [cacheExchange({ schema: introspectionFromSchema(schema) as never, keys }), fetchExchange],
    });
    const { data } = await client.query(urqlGql(SESSIONS), {}).toPromise();
    const id = data.viewer.sessions[0].id as string;
    const { data: node } = await client.query(urqlGql(SESSION), { id }).toPromise();
    expect(node.node).toMatchObject({ __typename: 'Session', id });
    const cached = await client.query(urqlGql(SESSIONS), {}, { requestPolicy: 'cache-only' }).toPromise();
    expect(cached.data.viewer).toMatchObject({ id: data.viewer.id, sessions: [{ id }] });
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test('Relay: no two objects of different types have the same ID', async () => {
    const { sessionToken } = await makeMember(server());
    const { data } = await ask(
      server(),
      `{ viewer { __typename id actor { __typename ... on User { id } } sessions { __typename id }
        organizations { nodes { __typename id members { nodes { __typename id user { __typename id } } } } } } }`,
      { token: sessionToken },
    );
    const types = new Map<string, Set<string>>();
    JSON.parse(JSON.stringify(data), (_key, value: unknown) => {
      const { id, __typename: type } = (value ?? {}) as {
        readonly id?: string;
        readonly __typename?: string;
      };
      if (id && type) types.set(id, (types.get(id) ?? new Set()).add(type));
      return value;
    });
    expect(types.size).toBeGreaterThan(4);
    expect([...types].filter(([, names]) => names.size > 1)).toEqual([]);
  });
});
