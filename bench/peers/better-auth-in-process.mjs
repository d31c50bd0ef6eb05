import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';

/**
 * better-auth's API key plugin in the process that verifies, on this number of keys with a permission and a rate limit
 * that is never reached, in SQLite or in its secondary storage in memory. Returns how to verify one.
 */
export async function openBetterAuth(SQLite, path, secondary, count) {
  const database = new SQLite(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  const entries = new Map();
  const secondaryStorage = {
    get: (name) => entries.get(name) ?? null,
    set: (name, value) => void entries.set(name, value),
    delete: (name) => void entries.delete(name),
  };
  const options = {
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
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const auth = betterAuth(options);
  const { user } = await auth.api.signUpEmail({
    body: { email: 'a@example.com', password: 'correct horse battery', name: 'A' },
  });
  const keys = [];
  for (let number = 0; number < count; number += 1) {
    const body = { userId: user.id, name: `Key ${number}`, permissions: { prompt: ['render'] } };
    keys.push((await auth.api.createApiKey({ body })).key);
  }
  return {
    keys,
    verify: async (key) => {
      const { valid } = await auth.api.verifyApiKey({ body: { key, permissions: { prompt: ['render'] } } });
      return valid;
    },
  };
}
