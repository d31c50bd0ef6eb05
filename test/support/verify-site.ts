import { Connections } from '../../src/http/connections/connections.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { DEFAULT_TIMEOUTS } from '../../src/http/timeouts.ts';
import { verifySite } from '../../src/verify-server/verify-site.ts';
import type { TestServer } from './server.ts';

/** The port of verification processes, served by this process with the services of a test server. */
export interface VerifySite {
  readonly url: string;
  stop(): Promise<void>;
}

/** Opens it; whoever opens it stops it. */
export async function openVerifySite({ services }: Pick<TestServer, 'services'>): Promise<VerifySite> {
  const { config, log } = services;
  const connections = new Connections(config.http, config.trustedProxies);
  const server = createHttpServer({ log, timeouts: DEFAULT_TIMEOUTS, connections });
  const port = await server.listen({ host: '127.0.0.1', port: 0 }, () =>
    verifySite(services, services.publicUrl, async () => null),
  );
  return { url: `http://127.0.0.1:${port}`, stop: () => server.stop() };
}
