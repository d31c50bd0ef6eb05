import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Engine } from '../../../db/open.ts';
import { PEPPER } from '../../keys/import/hashes.ts';
import { createTestDatabaseUrl, type TestDatabase } from '../../support/databases.ts';
import {
  ask,
  makeMember,
  makeOperatorToken,
  startTestServer,
  type TestServer,
} from '../../support/server.ts';
import { type Ran, run } from '../run.ts';

/** A secret of another system. */
export function secretOf(name: string): string {
  return `acme_${createHash('sha256').update(name).digest('hex').slice(0, 40)}`;
}

/** The hash of a secret, hexadecimal. */
export function sha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** A key as a line of JSON. */
export function keyLine(name: string, more: Readonly<Record<string, unknown>> = {}) {
  const hash = sha256(secretOf(name));
  return { foreignId: name, name, hash, algorithm: 'SHA256', start: secretOf(name).slice(0, 9), ...more };
}

/** JSON Lines. */
export function lines(...values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/** An organization on a server, and the command line on the same database. */
export interface Moving {
  readonly server: TestServer;
  readonly organizationId: string;
  readonly sessionToken: string;
  /** `keywright keys …` for the organization. */
  keys(...args: string[]): Promise<Ran>;
  /** The status of `/verify`. */
  statusOf(secret: string): Promise<number>;
  /** The answer of `verifyApiKey`. */
  verify(secret: string): Promise<Verified>;
}

interface Verified {
  readonly valid: boolean;
  readonly code: string;
  readonly apiKey: { readonly name: string; readonly foreignId: string | null } | null;
}

/** A server for a file of tests; each call makes a new organization. */
export function movingOn(engine: Engine): () => Promise<Moving> {
  let database: TestDatabase;
  let server: TestServer;
  let operator = '';
  beforeAll(async () => {
    database = await createTestDatabaseUrl(engine);
    const importPeppers = new Map([['OLD', PEPPER]]);
    server = await startTestServer(engine, { databaseUrl: database.url, config: { importPeppers } });
    operator = await makeOperatorToken(server, 'gateway');
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });
  return async () => {
    const { organizationId, sessionToken } = await makeMember(server);
    const env = {
      DATABASE_URL: database.url,
      LOG_LEVEL: 'warn',
      KEYWRIGHT_ORGANIZATION: organizationId,
      IMPORT_PEPPER_OLD: PEPPER,
    };
    return {
      server,
      organizationId,
      sessionToken,
      keys: (...args) => run(env, 'keys', ...args),
      statusOf: async (secret) =>
        (await fetch(`${server.url}/verify`, { headers: { Authorization: `Bearer ${secret}` } })).status,
      verify: async (secret) => {
        const document = `mutation ($key: String!) {
          verifyApiKey(input: { key: $key }) { valid code apiKey { name foreignId } }
        }`;
        const { data, errors } = await ask(server, document, { token: operator, variables: { key: secret } });
        expect(errors).toEqual([]);
        return data.verifyApiKey as Verified;
      },
    };
  };
}
