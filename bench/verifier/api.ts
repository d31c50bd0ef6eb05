import Fastify from 'fastify';
import { keywright } from '../../packages/verifier/src/fastify.ts';
import { createVerifier } from '../../packages/verifier/src/index.ts';
import { answerTo, cpuMs } from '../rpc.ts';

// An API with one route.

export interface ApiStart {
  readonly protection: 'none' | 'middleware' | 'request';
  readonly url: string;
  readonly token: string;
  /** Origin of the server that is asked by requests. */
  readonly verifyOrigin: string;
  /** The folder of the peers. */
  readonly peersFolder: string;
}

interface Peers {
  verifyByRequest(origin: string): (authorization: string | undefined) => Promise<number>;
}

async function start({ protection, url, token, verifyOrigin, peersFolder }: ApiStart): Promise<number> {
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

answerTo({ start, cpu: () => cpuMs() });
