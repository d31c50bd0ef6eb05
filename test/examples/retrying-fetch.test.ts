import { randomUUID } from 'node:crypto';
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { RetryLink } from '@apollo/client/link/retry';
import { expect, onTestFinished, test, vi } from 'vitest';
import { retryingFetch } from '../../examples/verify-in-code/retrying-fetch.ts';
import { holdLock } from '../support/lock-holder.ts';
import { makeMember, startTestServer, type TestServer, type TestServerOptions } from '../support/server.ts';

const CREATE = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  ... on CreateApiKeyPayload { secret } } }`;

async function serving(options: TestServerOptions) {
  const server = await startTestServer('sqlite', options);
  onTestFinished(() => server.close());
  const { sessionToken } = await makeMember(server);
  const headers = { Authorization: `Bearer ${sessionToken}`, 'Content-Type': 'application/json' };
  return { server, headers, url: `${server.url}/graphql` };
}

/** The statuses of all responses; `seen` is called with each before the client receives it. */
function watchResponses(seen: (status: number) => Promise<void> | void): number[] {
  const statuses: number[] = [];
  const { fetch } = globalThis;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (...request) => {
    const response = await fetch(...request);
    statuses.push(response.status);
    await seen(response.status);
    return response;
  });
  return statuses;
}

const namesIn = async (server: TestServer) =>
  (await server.services.db.selectFrom('api_keys').select('name').execute()).map(({ name }) => name);

test('a request is sent again after 503, and a key with an idempotency key is created once', async () => {
  const { server, headers, url } = await serving({ lockWaitMs: 100 });
  const lock = await holdLock(server.services.config.databaseUrl);
  const statuses = watchResponses((status) => (status === 503 ? lock.release() : undefined));
  const variables = { input: { name: 'Deploy', idempotencyKey: randomUUID() } };
  const body = JSON.stringify({ query: CREATE, variables });
  const response = await retryingFetch(url, { method: 'POST', headers, body });
  expect(statuses).toEqual([503, 200]);
  const first = await response.json();
  expect(first.data.createApiKey.secret).toMatch(/^kw_live_/);
  expect(await (await retryingFetch(url, { method: 'POST', headers, body })).json()).toEqual(first);
  expect(await namesIn(server)).toEqual(['Deploy']);
});

test('a request is sent again after 429, when Retry-After has passed', async () => {
  const points = { caller: 10, organization: 100, operator: 0, address: 100 };
  const concurrent = { caller: 10, organization: 10, operator: 0, address: 10 };
  const operations = { windowSeconds: 1, points, operations: concurrent };
  const { server, headers, url } = await serving({ config: { operations } });
  const request = { method: 'POST', headers, body: JSON.stringify({ query: '{ viewer { id } }' }) };
  while ((await fetch(url, request)).status === 200);
  const statuses = watchResponses((status) => {
    if (status === 429) server.clock.advance(1_000);
  });
  expect((await retryingFetch(url, request)).status).toBe(200);
  expect(statuses).toEqual([429, 200]);
});

test('a request is not sent again after it was aborted', async () => {
  const { url } = await serving({});
  const sent = vi.spyOn(globalThis, 'fetch');
  await expect(retryingFetch(url, { signal: AbortSignal.abort() })).rejects.toThrow('abort');
  expect(sent).toHaveBeenCalledTimes(1);
});

test('Apollo Client’s RetryLink sees no 503, because its body is a result', async () => {
  const { server, headers, url } = await serving({ lockWaitMs: 100 });
  const lock = await holdLock(server.services.config.databaseUrl);
  const link = new RetryLink().concat(new HttpLink({ uri: url, headers }));
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  onTestFinished(() => client.stop());
  const statuses = watchResponses(() => {});
  const variables = { input: { name: 'Deploy' } };
  const failed = await client.mutate({ mutation: gql(CREATE), variables }).catch((error: unknown) => error);
  await lock.release();
  expect(CombinedGraphQLErrors.is(failed) && failed.errors[0]?.extensions?.code).toBe('UNAVAILABLE');
  expect(statuses).toEqual([503]);
});
