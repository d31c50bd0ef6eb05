import { onTestFinished } from 'vitest';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/server.ts';

/** Several servers on one PostgreSQL database, closed with the test. */
export async function startNodes(
  count: number,
  options: TestServerOptions & { leaseMs?: number } = {},
): Promise<TestServer[]> {
  const { leaseMs = 1_000, config, ...rest } = options;
  const { url: databaseUrl, drop } = await createTestDatabaseUrl('postgres');
  const nodes: TestServer[] = [];
  onTestFinished(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await drop();
  });
  for (let number = 0; number < count; number += 1) {
    const cluster = { listenUrl: null, leaseMs, redisUrl: null };
    nodes.push(await startTestServer('postgres', { ...rest, databaseUrl, config: { cluster, ...config } }));
  }
  return nodes;
}
