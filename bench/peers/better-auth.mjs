import { createServer } from 'node:http';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';

function optionsFor(database, secondary) {
  const entries = new Map();
  const secondaryStorage = {
    get: (name) => entries.get(name) ?? null,
    set: (name, value) => void entries.set(name, value),
    delete: (name) => void entries.delete(name),
  };
  return {
    database,
    baseURL: 'http://127.0.0.1',
    secret: 'a secret that is long enough for a benchmark and for nothing else',
    logger: { level: 'error' },
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true },
    ...(secondary ? { secondaryStorage } : {}),
    plugins: [
      apiKey({
        rateLimit: { enabled: true, timeWindow: 60_000, maxRequests: 1_000_000_000 },
        ...(secondary ? { storage: 'secondary-storage' } : {}),
      }),
    ],
  };
}

/**
 * better-auth doing the same work: an HTTP server that tells whether a key is accepted, with the same SQLite settings,
 * and keys in the database or in its secondary storage, here in memory. Returns the port and a key. `SQLite` is the
 * driver that Keywright uses on this version of Node.js.
 */
export async function startBetterAuth(SQLite, path, secondary) {
  const database = new SQLite(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  const options = optionsFor(database, secondary);
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const auth = betterAuth(options);
  const { user } = await auth.api.signUpEmail({
    body: { email: 'a@example.com', password: 'correct horse battery', name: 'A' },
  });
  const { key } = await auth.api.createApiKey({ body: { userId: user.id, name: 'Key' } });
  const server = createServer(async (request, response) => {
    try {
      const { valid } = await auth.api.verifyApiKey({ body: { key: request.headers['x-api-key'] ?? '' } });
      response.writeHead(valid ? 200 : 401).end();
    } catch {
      response.writeHead(503).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, key };
}
