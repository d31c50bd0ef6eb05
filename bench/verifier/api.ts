import Fastify from 'fastify';
import { keywright } from '../../packages/verifier/src/fastify.ts';
import { createVerifier } from '../../packages/verifier/src/index.ts';
import { answerTo } from '../rpc.ts';
import { type ApiStart, PROTECTIONS, type Protection } from './protections.ts';

// APIs with one route each, in one process: they share what else happens to it.

interface Peers {
  verifyByRequest(origin: string): (authorization: string | undefined) => Promise<number>;
}

async function listen(
  protection: Protection,
  { url, token, verifyOrigin, peersFolder }: ApiStart,
): Promise<number> {
  const app = Fastify();
  if (protection === 'middleware') {
    const verifier = createVerifier({ url, token, name: 'bench', timeoutMs: 30_000 });
    await verifier.ready();
    await app.register(keywright(verifier, { permissions: ['prompt.render'] }));
  }
  if (protection === 'request') {
    const { verifyByRequest } = (await import(`${peersFolder}/verify-by-request.mjs`)) as Peers;
    const verify = verifyByRequest(verifyOrigin);
    app.addHook('onRequest', async (request, reply) => {
      const status = await verify(request.headers.authorization);
      if (status !== 200) return reply.code(status).send();
    });
  }
  app.get('/verify', async () => ({ orders: [{ id: 1, total: 12.5 }] }));
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return Number(new URL(address).port);
}

/** Starts all of them. Returns their ports. */
async function start(params: ApiStart): Promise<Record<Protection, number>> {
  const ports: Partial<Record<Protection, number>> = {};
  for (const protection of PROTECTIONS) ports[protection] = await listen(protection, params);
  return ports as Record<Protection, number>;
}

answerTo({ start });
