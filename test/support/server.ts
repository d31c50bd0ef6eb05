import type { ReadableStream } from 'node:stream/web';
import type { Plugin } from 'graphql-yoga';
import { afterAll, beforeAll } from 'vitest';
import { type Engine, openDatabase } from '../../db/open.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { type App, createApp } from '../../src/app.ts';
import { write } from '../../src/command.ts';
import { type Config, parseConfig } from '../../src/core/config/config.ts';
import type { LiveLimits } from '../../src/core/config/live-limits.ts';
import { createLog } from '../../src/core/log.ts';
import type { ServerServices } from '../../src/graphql/context.ts';
import type { Timeouts } from '../../src/http/timeouts.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { joinOrganization } from '../../src/members/join-organization.ts';
import { createOperatorToken } from '../../src/operator-tokens/create-operator-token.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import { createSession } from '../../src/sessions/create-session.ts';
import { type ManualClock, manualClock } from './clock.ts';
import { createTestDatabaseUrl } from './databases.ts';
import { contextFor, recordStatements } from './services.ts';

/** A whole server on a port and a database of its own. */
export interface TestServer {
  readonly url: string;
  readonly app: App;
  readonly services: ServerServices;
  readonly clock: ManualClock;
  /** Every line of the log. */
  readonly lines: readonly string[];
  /** Every statement that went to the database, without its values. */
  readonly statements: string[];
  /** Stops it and removes its database. May be called twice. */
  close(): Promise<void>;
}

/** What differs from a server as it comes. */
export interface TestServerOptions {
  readonly config?: Partial<Config>;
  readonly timeouts?: Partial<Timeouts>;
  readonly liveLimits?: Partial<LiveLimits>;
  /** A database that somebody else made and drops; left out: one of its own. */
  readonly databaseUrl?: string;
  readonly clock?: ManualClock;
  /** How long a change waits for a lock of SQLite; left out: as it comes. */
  readonly lockWaitMs?: number;
  /** Where the console was built; left out: nowhere. */
  readonly consoleFolder?: string;
  /** Further plugins of yoga. */
  readonly plugins?: readonly Plugin[];
}

/** Starts a server; whoever starts it closes it. */
export async function startTestServer(engine: Engine, options: TestServerOptions = {}): Promise<TestServer> {
  const { databaseUrl: given, timeouts = {}, liveLimits = {}, clock = manualClock() } = options;
  const { url: databaseUrl, drop } = given
    ? { url: given, drop: async () => {} }
    : await createTestDatabaseUrl(engine);
  const lines: string[] = [];
  const statements: string[] = [];
  const opened = await openDatabase(databaseUrl, { lockWaitMs: options.lockWaitMs });
  const database = { ...opened, kysely: opened.kysely.withPlugin(recordStatements(statements)) };
  const config = {
    ...parseConfig({ DATABASE_URL: databaseUrl, PORT: '0', VERIFY_PORT: 'off' }),
    ...options.config,
  };
  const log = createLog('debug', (line) => lines.push(line));
  const { consoleFolder = null, plugins = [] } = options;
  const app = await createApp(config, {
    ...{ clock, log, database, timeouts, liveLimits, consoleFolder, plugins },
  });
  const { url } = await app.start();
  let closing: Promise<void> | undefined;
  const end = async () => {
    await app.stop();
    await database.close();
    await drop();
  };
  const close = () => {
    closing ??= end();
    return closing;
  };
  return { url, app, services: app.services, clock, lines, statements, close };
}

/** One server for all tests of a `describe` or a file, started before the first and closed after the last. */
export function serverOn(engine: Engine, options: TestServerOptions = {}): () => TestServer {
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await startTestServer(engine, options);
  });
  afterAll(() => server?.close());
  return () => {
    if (!server) throw new Error('The server runs only while tests run');
    return server;
  };
}

/** How many lists of keys were read from the database, by whichever index. */
export function keyListsRead({ statements }: Pick<TestServer, 'statements'>): number {
  return statements.filter((text) => /from "?api_keys\b.* order by/.test(text)).length;
}

/** An answer to a GraphQL request. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly data: any;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string; readonly [fact: string]: unknown };
  }[];
}

/** Sends a GraphQL operation, with the token as a bearer's where there is one. */
export async function ask(
  server: { readonly url: string },
  query: string,
  options: {
    readonly token?: string;
    readonly variables?: Record<string, unknown>;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<Answer> {
  const { token, variables, headers = {} } = options;
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors = [] } = (await response.json()) as Partial<Answer>;
  return { status: response.status, headers: response.headers, data, errors };
}

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly data?: unknown; readonly errors?: Answer['errors'] };
}

/** Posts whatever body there is to /graphql. */
export async function send(
  server: { readonly url: string },
  { headers, body }: { headers: Record<string, string>; body: string | Buffer | ReadableStream },
): Promise<RawAnswer> {
  // What streams must say so (Fetch standard, `duplex`).
  const init = { method: 'POST', headers, body, duplex: 'half' } as unknown as RequestInit;
  const response = await fetch(`${server.url}/graphql`, init);
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as RawAnswer['body'],
  };
}

/** Somebody of an organization, signed in. */
export interface TestMember {
  readonly organizationId: string;
  readonly userId: string;
  readonly email: string;
  readonly sessionToken: string;
}

/** Makes an organization (or takes the one named) with a member in one of its system roles, signed in. */
export async function makeMember(
  { services }: Pick<TestServer, 'services'>,
  options: { readonly organizationId?: string; readonly role?: 'owner' | 'admin' | 'member' } = {},
): Promise<TestMember> {
  const ctx = contextFor(services, systemPrincipal('test'));
  const organizationId =
    options.organizationId ?? (await createOrganization(ctx, { name: 'Acme' })).result.id;
  const { id: roleId } = await services.db
    .selectFrom('roles')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('name', '=', options.role ?? 'owner')
    .executeTakeFirstOrThrow();
  members += 1;
  const email = `member-${members}@example.com`;
  const { result } = await write(ctx, async (change) => {
    await change.lock(organizationId);
    const { userId } = await joinOrganization(change, { organizationId, email, name: null, roleId });
    const { token } = await createSession(change, userId);
    return { organizationId, userId, email, sessionToken: token };
  });
  return result;
}

let members = 0;

/** Makes an operator token. */
export async function makeOperatorToken({ services }: Pick<TestServer, 'services'>, name: string) {
  return (await createOperatorToken(contextFor(services, systemPrincipal('cli')), name)).token;
}

/** Makes a key in the organization: `{ id, secret }`. */
export async function makeApiKey(
  { services }: Pick<TestServer, 'services'>,
  organizationId: string,
  input: Partial<Parameters<typeof createApiKey>[1]> = {},
): Promise<{ id: string; secret: string }> {
  const ctx = contextFor(services, systemPrincipal('test'));
  const { result } = await createApiKey(ctx, { organizationId, name: 'A key', ...input });
  return { id: result.apiKey.id, secret: result.secret };
}
