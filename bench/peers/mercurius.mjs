import Fastify from 'fastify';
import mercurius from 'mercurius';

/** A schema behind mercurius, with graphql-jit from the second time on that a document comes, or without; gives the port. */
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
