import { createVerifier, type Verdict } from '@keywright/verifier';
import { keywright as forExpress } from '@keywright/verifier/express';
import { keywright as forFastify } from '@keywright/verifier/fastify';
import express, { type Request } from 'express';
import fastify from 'fastify';

// Compiled by readme.test.ts as part of a program outside this repository.
const verifier = createVerifier({ url: 'http://127.0.0.1:4000', token: async () => 'token' });

express()
  .use(
    forExpress(verifier, {
      permissions: ({ method }) => (method === 'GET' ? ['orders.read'] : ['orders.write']),
    }),
  )
  .use(
    '/teams/:team',
    forExpress(verifier, { teamId: (request: Request) => String(request.params.team), environment: 'LIVE' }),
  )
  .get('/orders/:id', forExpress(verifier), (request, response) => {
    response.send(request.params.id + request.keywright?.apiKey.id);
  });

const app = fastify();
await app.register(forFastify(verifier, { permissions: ({ routeOptions }) => [routeOptions.url ?? ''] }));

export function describe(verdict: Verdict): string {
  if (verdict.valid) return verdict.apiKey.id;
  return `${verdict.code} ${verdict.apiKey?.id}`;
}
