import { onTestFinished } from 'vitest';
import { createTestDatabaseUrl } from './databases.ts';
import { startTestServer, type TestServer } from './server.ts';
import { openProxy, type TcpProxy } from './tcp-proxy.ts';

/** A server whose way to PostgreSQL can be cut. */
export interface ServerBehindProxy {
  /** The database without the proxy. */
  readonly url: string;
  readonly proxy: TcpProxy;
  readonly server: TestServer;
}

/** Starts a server on a database of its own, closed with the test. */
export async function startBehindProxy(): Promise<ServerBehindProxy> {
  const { url, drop } = await createTestDatabaseUrl('postgres');
  onTestFinished(drop);
  const proxy = await openProxy(Number(new URL(url).port));
  // What servers say to each other takes another way, so that it is neither counted nor cut.
  const server = await startTestServer('postgres', {
    databaseUrl: proxy.through(url),
    config: { cluster: { listenUrl: url, leaseMs: 3_000, redisUrl: null } },
  });
  onTestFinished(() => server.close());
  return { url, proxy, server };
}
