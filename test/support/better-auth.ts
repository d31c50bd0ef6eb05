import { beforeAll } from 'vitest';
import { installPeers, peersFolder } from '../../bench/install-peers.ts';

/** better-auth with its plugin for API keys, which is installed apart from the dependencies of the project. */
export interface BetterAuth {
  /** Creates the tables and a key for each body, in an SQLite connection or a PostgreSQL pool. */
  createBetterAuthKeys(
    database: unknown,
    bodies: readonly Readonly<Record<string, unknown>>[],
  ): Promise<{ readonly userId: string; readonly secrets: readonly string[] }>;
}

/** better-auth for all tests of a `describe`. */
export function betterAuthOfPeers(): () => BetterAuth {
  let betterAuth: BetterAuth | undefined;
  beforeAll(async () => {
    installPeers();
    betterAuth = (await import(`${peersFolder}/better-auth-keys.mjs`)) as BetterAuth;
  }, 300_000);
  return () => {
    if (!betterAuth) throw new Error('better-auth is installed only while tests run');
    return betterAuth;
  };
}
