import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSchema, createYoga } from 'graphql-yoga';
import { expect, it, onTestFinished } from 'vitest';
import { keywright } from '../../packages/verifier/src/graphql-yoga.ts';
import { serverOn } from '../support/server.ts';
import { connectVerifier, makeVerifyingOrganization } from '../support/verifier-client.ts';

const server = serverOn('sqlite');

/** Starts Yoga with its defaults. Returns its URL, and the operations that were executed. */
async function startYoga() {
  const { token } = await makeVerifyingOrganization(server());
  const verifier = await connectVerifier(server().url, token);
  const executed: string[] = [];
  const yoga = createYoga({
    schema: createSchema({
      typeDefs: 'type Query { orders: String }',
      resolvers: { Query: { orders: () => executed.push('orders') } },
    }),
    logging: false,
    plugins: [keywright(verifier)],
  });
  const api = createServer(yoga).listen(0, '127.0.0.1');
  await once(api, 'listening');
  onTestFinished(() => {
    api.closeAllConnections();
    api.close();
  });
  return { url: `http://127.0.0.1:${(api.address() as AddressInfo).port}`, executed };
}

const html = { headers: { Accept: 'text/html' } };
const preflight = {
  method: 'OPTIONS',
  headers: { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'POST' },
};

it('responds to health checks, OPTIONS requests and the GraphiQL page without a key, and executes nothing', async () => {
  const { url, executed } = await startYoga();
  for (const [path, init, status] of [
    ['/health', {}, 200],
    ['/graphql?query={orders}&x=/health', {}, 200],
    ['/graphql', preflight, 204],
    ['/graphql?query={orders}', { method: 'OPTIONS' }, 204],
    ['/graphql?query={orders}', html, 200],
  ] as const)
    expect((await fetch(url + path, init)).status, path).toBe(status);
  expect(executed).toEqual([]);
});

it('requires a key for everything else', async () => {
  const { url, executed } = await startYoga();
  const post = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
  for (const [path, init] of [
    ['/graphql?query={orders}', {}],
    ['/graphql', { ...post, body: '{"query": "{ orders }"}' }],
    ['/graphql', { ...post, body: '[{"query": "{ orders }"}]' }],
    ['/graphql', { method: 'POST', headers: { 'Content-Type': 'application/graphql' }, body: '{ orders }' }],
    [
      '/graphql',
      { ...post, headers: { ...post.headers, Accept: 'text/html' }, body: '{"query": "{ orders }"}' },
    ],
    ['/elsewhere', {}],
  ] as const)
    expect((await fetch(url + path, init)).status, JSON.stringify(init)).toBe(401);
  expect(executed).toEqual([]);
});
