import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve as serveHono } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { createSchema, createYoga } from 'graphql-yoga';
import { Hono } from 'hono';
import { onTestFinished } from 'vitest';
import { keywright as forExpress } from '../../packages/verifier/src/express.ts';
import { keywright as forFastify } from '../../packages/verifier/src/fastify.ts';
import { keywright as forYoga, type KeywrightContext } from '../../packages/verifier/src/graphql-yoga.ts';
import { keywright as forHono, type KeywrightEnv } from '../../packages/verifier/src/hono.ts';
import type { AddressOptions } from '../../packages/verifier/src/middleware/options.ts';
import { keywright as forNode } from '../../packages/verifier/src/node.ts';
import type { Verifier } from '../../packages/verifier/src/types.ts';

/** Options that have the same form in every framework. `trustedProxies` is configured in the framework's own way. */
export type CommonOptions = AddressOptions<unknown>;

/** Starts an API that returns the ID of the caller's key, or `none`; ends with the test. Returns its URL. */
export type StartApi = (verifier: Verifier, options: CommonOptions) => Promise<string>;

/** The APIs by the name of their framework. */
export const FRAMEWORKS: readonly (readonly [name: string, start: StartApi, path: string])[] = [
  [
    'express',
    async (verifier, { trustedProxies, ...options }) => {
      const app = express();
      if (trustedProxies) app.set('trust proxy', [...trustedProxies]);
      app.use(forExpress(verifier, options));
      app.all('/', (request, response) => void response.send(request.keywright?.apiKey?.id ?? 'none'));
      return listen(createServer(app));
    },
    '/',
  ],
  [
    'fastify',
    async (verifier, { trustedProxies, ...options }) => {
      const app = fastify({ trustProxy: trustedProxies ? [...trustedProxies] : false });
      await app.register(forFastify(verifier, options));
      app.all('/', async (request) => request.keywright?.apiKey?.id ?? 'none');
      onTestFinished(() => app.close());
      return app.listen({ port: 0, host: '127.0.0.1' });
    },
    '/',
  ],
  [
    'hono',
    async (verifier, options) => {
      const app = new Hono<KeywrightEnv>();
      app.onError((_error, context) => context.text('', 500));
      app.use(forHono(verifier, options));
      app.all('/', (context) => context.text(context.get('keywright')?.apiKey?.id ?? 'none'));
      const server = serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
      if (!server.listening) await once(server, 'listening');
      return urlOf(server);
    },
    '/',
  ],
  [
    'node:http',
    async (verifier, options) => {
      const protect = forNode(verifier, options);
      const listener = protect(({ keywright }, response) => response.end(keywright?.apiKey?.id ?? 'none'));
      return listen(createServer(listener));
    },
    '/',
  ],
  [
    'graphql-yoga',
    async (verifier, options) => {
      const yoga = createYoga({
        schema: createSchema<Partial<KeywrightContext>>({
          typeDefs: 'type Query { caller: String }',
          resolvers: { Query: { caller: (_root, _args, { keywright }) => keywright?.apiKey?.id ?? 'none' } },
        }),
        cors: false,
        logging: false,
        plugins: [forYoga(verifier, options)],
      });
      return listen(createServer(yoga));
    },
    '/graphql?query={caller}',
  ],
];

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return urlOf(server);
}

function urlOf(server: Server): string {
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
