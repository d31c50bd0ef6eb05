import { createVerifier } from '@keywright/verifier';
import { keywright } from '@keywright/verifier/fastify';
import fastify from 'fastify';

// An API that verifies keys in its own process. README.md shows how to run it.
const { KEYWRIGHT_URL = 'http://127.0.0.1:4000', KEYWRIGHT_TOKEN = '', PORT = '3000' } = process.env;

const verifier = createVerifier({
  url: KEYWRIGHT_URL,
  token: KEYWRIGHT_TOKEN,
  onDisconnect: ({ message }) => console.error(`Not connected to Keywright: ${message}`),
});
const app = fastify({ forceCloseConnections: true });

app.get('/', async () => 'Anyone can read this.\n');

app.register(async (api) => {
  await api.register(
    keywright(verifier, {
      // The permissions that the route requires.
      permissions: ({ routeOptions }) =>
        (routeOptions.config as { permissions?: string[] }).permissions ?? [],
    }),
  );

  api.get('/orders', async ({ keywright }) => {
    return `Orders for ${keywright?.apiKey.externalId ?? keywright?.apiKey.id}\n`;
  });

  api.post('/orders', { config: { permissions: ['orders.write'] } }, async (_request, reply) => {
    return reply.code(201).send('Created\n');
  });

  // An event stream outlives the request that opened it. It is closed when its key is no longer accepted.
  api.get('/orders/events', (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    raw.write('event: open\ndata: {}\n\n');
    const { keywright: verdict } = request;
    if (!verdict) return void raw.destroy();
    const release = verifier.onInvalid(
      verdict,
      (code) => raw.end(`event: closed\ndata: ${JSON.stringify({ code })}\n\n`),
      // While disconnected from Keywright, the verifier can't learn about revocations.
      { disconnectedMs: 60_000 },
    );
    raw.on('close', release);
  });
});

const stop = async () => {
  await app.close();
  await verifier.stop();
};
process.once('SIGTERM', stop).once('SIGINT', stop);

try {
  await verifier.ready();
  console.log(`Listening on ${await app.listen({ port: Number(PORT), host: '127.0.0.1' })}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop();
  process.exitCode = 1;
}
