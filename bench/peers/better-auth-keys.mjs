import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';

/**
 * Creates keys with better-auth, as its documentation says, in an SQLite file (a connection) or in PostgreSQL (a
 * pool of `pg`). Returns their secrets in the order of `bodies`, which `createApiKey` accepts, and the user's ID.
 */
export async function createBetterAuthKeys(database, bodies) {
  const options = {
    database,
    baseURL: 'http://127.0.0.1',
    secret: 'a secret that is long enough for a test and for nothing else',
    logger: { level: 'error' },
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true },
    plugins: [
      apiKey({ enableMetadata: true, rateLimit: { enabled: true, timeWindow: 60_000, maxRequests: 100 } }),
    ],
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const auth = betterAuth(options);
  const { user } = await auth.api.signUpEmail({
    body: { email: 'a@example.com', password: 'correct horse battery', name: 'A' },
  });
  const secrets = [];
  for (const { disabled, ...body } of bodies) {
    const { id, key } = await auth.api.createApiKey({ body: { ...body, userId: user.id } });
    if (disabled) await auth.api.updateApiKey({ body: { keyId: id, userId: user.id, enabled: false } });
    secrets.push(key);
  }
  // A use, which better-auth records.
  await auth.api.verifyApiKey({ body: { key: secrets[0] } });
  return { userId: user.id, secrets };
}
