import type { IncomingMessage } from 'node:http';
import type { GraphQLContext } from '../../schema/context.ts';
import { type App, createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { createLog } from '../../src/core/log.ts';
import { authenticate } from '../../src/http/auth/authenticate.ts';

/** Starts Keywright on a database, on any free port. Requests aren't logged, as with its peers. */
export async function startKeywright(
  databaseUrl: string,
  cacheKeys?: number,
): Promise<App & { url: string }> {
  const config = parseConfig({
    DATABASE_URL: databaseUrl,
    PORT: '0',
    LOG_LEVEL: 'warn',
    // One caller sends requests at full speed: they are counted, but not limited.
    GRAPHQL_POINTS_PER_CALLER: '1000000000',
    GRAPHQL_POINTS_PER_ORGANIZATION: '1000000000',
    GRAPHQL_POINTS_PER_ADDRESS: '1000000000',
    ...(cacheKeys && { VERIFY_CACHE_KEYS: String(cacheKeys) }),
  });
  const app = await createApp(config, { log: createLog('warn') });
  const { url } = await app.start();
  return { ...app, url };
}

/** The context that the same schema needs behind another server: Keywright's own authentication and services. */
export async function contextOf(
  { services }: Pick<App, 'services'>,
  request: IncomingMessage,
): Promise<GraphQLContext> {
  const ip = request.socket.remoteAddress ?? null;
  const principal = await authenticate(request, services, ip);
  const facts = { id: 'bench', ip, userAgent: request.headers['user-agent'] ?? null };
  return { ...(services as GraphQLContext), principal, client: facts, response: {} };
}
