import Fastify from 'fastify';
import mercurius from 'mercurius';

/**
 * A schema served by mercurius, with graphql-jit from the second execution of a document, or without. Returns the port.
 */
export async function startMercurius(schema, context, jit) {
  const server = Fastify({ logger: false });
  await server.register(mercurius, {
    schema,
    context: ({ raw }) => context(raw),
    ...(jit ? { jit: 1 } : {}),
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  return server.server.address().port;
}
