import { ApolloClient, gql as apolloGql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { type ExecutionResult, subscriptionExchange, Client as UrqlClient } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { resuming } from '../../../examples/live/resuming.ts';
import { encodeCursor } from '../../../src/realtime/cursor.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { CHANGED } from '../../support/live.ts';
import { initialized, openLoadBalancer, startServer } from '../../support/serve.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

interface Changed {
  readonly apiKeyChanged: { readonly cursor: string; readonly apiKey: { name: string } };
}

/** What one client has received, and whether it has given up. */
interface Received {
  readonly names: string[];
  readonly ends: unknown[];
}

interface Start {
  readonly url: string;
  readonly token: string;
  readonly after: string;
  /** For the result of each event. */
  next(result: { data?: unknown }): void;
  ended(reason?: unknown): void;
}

/** As its documentation sets it up. */
function graphqlWs({ url, token }: Start) {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
}

/** Variables whose `after` is the cursor of the last event. */
function lazyVariables(after: string) {
  let cursor = after;
  return {
    keep: (data: unknown) => {
      cursor = (data as Changed).apiKeyChanged.cursor;
    },
    variables: {
      get after() {
        return cursor;
      },
    },
  };
}

/** Each returns how to leave. */
const CLIENTS: Readonly<Record<string, (start: Start) => () => void>> = {
  'graphql-ws': (start) => {
    const { keep, variables } = lazyVariables(start.after);
    const next = (result: { data?: unknown }) => {
      keep(result.data);
      start.next(result);
    };
    return graphqlWs(start).subscribe(
      { query: CHANGED, variables },
      { next, error: start.ended, complete: start.ended },
    );
  },
  'Apollo Client': (start) => {
    const link = new GraphQLWsLink(resuming(graphqlWs(start)));
    const client = new ApolloClient({ cache: new InMemoryCache(), link });
    const { next, ended, after } = start;
    const changes = client.subscribe({ query: apolloGql(CHANGED), variables: { after } });
    const subscription = changes.subscribe({ next, error: ended, complete: ended });
    return () => {
      subscription.unsubscribe();
      client.stop();
    };
  },
  urql: (start) => {
    const ws = resuming(graphqlWs(start));
    const client = new UrqlClient({
      url: `${start.url}/graphql`,
      preferGetMethod: false,
      exchanges: [
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables }) => ({
            subscribe: (sink) => ({
              unsubscribe: ws.subscribe(
                { query, variables: variables as Record<string, unknown> },
                { ...sink, next: (result) => sink.next(result as ExecutionResult) },
              ),
            }),
          }),
        }),
      ],
    });
    const { unsubscribe } = client.subscription(CHANGED, { after: start.after }).subscribe((result) => {
      if (result.error) start.ended(result.error);
      else if (result.data) start.next(result);
    });
    return unsubscribe;
  },
  'graphql-sse': (start) => {
    const headers = { Authorization: `Bearer ${start.token}` };
    const client = resuming(createSseClient({ url: `${start.url}/graphql`, headers }));
    const { next, ended, after } = start;
    return client.subscribe(
      { query: CHANGED, variables: { after } },
      { next, error: ended, complete: ended },
    );
  },
};

onEachDatabase('clients in their default configuration', (engine) => {
  test('subscribe again by themselves when the server restarts, and receive each change once', {
    timeout: 120_000,
  }, async () => {
    const { env, token, organizationId } = await initialized(engine);
    const balancer = await openLoadBalancer();
    let served = await startServer(env);
    balancer.lead(served);
    const leave: (() => void)[] = [];
    const received = Object.entries(CLIENTS).map(([name, follow]): [string, Received] => {
      const one: Received = { names: [], ends: [] };
      const leaving = follow({
        url: balancer.url,
        token,
        after: encodeCursor(organizationId, 0),
        next: ({ data }) => one.names.push((data as Changed).apiKeyChanged.apiKey.name),
        ended: (reason) => one.ends.push(reason),
      });
      leave.push(leaving);
      return [name, one];
    });
    const expected: string[] = [];
    const create = async (server: { url: string }, name: string) => {
      const query = 'mutation ($name: String!) { createApiKey(input: { name: $name }) { __typename } }';
      const { data } = await ask(server, query, { token, variables: { name } });
      expect(data.createApiKey.__typename).toBe('CreateApiKeyPayload');
      expected.push(name);
    };
    const everyoneHas = (name: string) =>
      eventually(() => received.every(([, { names, ends }]) => names.includes(name) || ends.length > 0));
    const results = (given: readonly [string, Received][]) => Object.fromEntries(given);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const) {
      await create(served, `Before ${signal}`);
      await everyoneHas(`Before ${signal}`);
      balancer.lead(null);
      expect(await served.stop(signal)).toBe(signal === 'SIGKILL' ? null : 0);
      // By a server that no client is led to.
      const away = await startServer(env);
      await create(away, `Away ${signal}`);
      await away.stop();
      served = await startServer(env);
      balancer.lead(served);
      await everyoneHas(`Away ${signal}`);
      await create(served, `After ${signal}`);
      await everyoneHas(`After ${signal}`);
    }
    const all: Received = { names: expected, ends: [] };
    expect(results(received)).toEqual(results(received.map(([name]) => [name, all])));
    for (const one of leave) one();
  });
});

onEachDatabase('a client whose own mutation ends its credential', (engine) => {
  const server = serverOn(engine);

  /** Runs an operation with graphql-ws, next to a subscription, and waits until the socket is closed. */
  async function run(token: string, query: string, variables: Record<string, unknown>) {
    const client = graphqlWs({ url: server().url, token, after: '', next() {}, ended() {} });
    const ends: unknown[] = [];
    client.subscribe(
      { query: CHANGED },
      { next() {}, error: (error) => void ends.push(error), complete() {} },
    );
    await eventually(() => server().app.liveServer.subscriptions.counts.live === 1);
    const closed = new Promise((resolve) => client.on('closed', resolve));
    const results: unknown[] = [];
    await new Promise<void>((complete, error) => {
      client.subscribe(
        { query, variables },
        { next: (result) => void results.push(result), error, complete },
      );
    });
    expect(await closed).toMatchObject({ code: 4401 });
    expect(ends).toMatchObject([[{ extensions: { code: 'UNAUTHENTICATED' } }]]);
    await client.dispose();
    return results;
  }

  const ROTATE = `mutation ($id: ID!) { rotateApiKey(input: { id: $id, overlapSeconds: 0 }) {
    ... on RotateApiKeyPayload { secret } } }`;
  const REVOKE = 'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }';
  const END = 'mutation ($id: ID!) { revokeSession(input: { id: $id }) { __typename } }';

  test('receives the result, such as its new secret, before the socket is closed', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const ofKey = async (query: string) => {
      const { id, secret } = await makeApiKey(server(), organizationId, { grants: ['*'] });
      return run(secret, query, { id });
    };
    const secret = expect.stringMatching(/^kw_live_/);
    expect(await ofKey(ROTATE)).toEqual([{ data: { rotateApiKey: { secret } } }]);
    expect(await ofKey(REVOKE)).toEqual([{ data: { revokeApiKey: { __typename: 'RevokeApiKeyPayload' } } }]);
    const { data } = await ask(server(), '{ viewer { sessions { id } } }', { token: sessionToken });
    expect(await run(sessionToken, END, data.viewer.sessions[0])).toEqual([
      { data: { revokeSession: { __typename: 'RevokeSessionPayload' } } },
    ]);
    const other = await makeMember(server());
    const signOut = 'mutation { signOut { signedOut } }';
    expect(await run(other.sessionToken, signOut, {})).toEqual([{ data: { signOut: { signedOut: true } } }]);
  });
});

describe('a client that resumes', () => {
  const server = serverOn('sqlite');

  test('runs operations whose fields are null, too', async () => {
    const { sessionToken: token } = await makeMember(server());
    const start = { url: server().url, token, after: '', next() {}, ended() {} };
    const client = resuming(graphqlWs(start));
    const query = '{ node(id: "nothing") { id } viewer { id } }';
    const results: unknown[] = [];
    await new Promise<void>((complete, error) => {
      client.subscribe({ query }, { next: (result) => void results.push(result), error, complete });
    });
    expect(results).toMatchObject([{ data: { node: null, viewer: { id: expect.any(String) } } }]);
    await client.dispose();
  });
});
