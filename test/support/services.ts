import { type KyselyPlugin, SqliteQueryCompiler } from 'kysely';
import { afterAll, beforeAll } from 'vitest';
import { type Engine, openDatabase } from '../../db/open.ts';
import type { GraphQLContext } from '../../schema/context.ts';
import { UNRESTRICTED } from '../../src/access/key-limits.ts';
import {
  type CallingKey,
  type KeyPrincipal,
  keyPrincipal,
  type Principal,
  systemPrincipal,
  userPrincipal,
} from '../../src/access/principal.ts';
import type { Event } from '../../src/changes/events.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { newId } from '../../src/core/ids.ts';
import { createLog } from '../../src/core/log.ts';
import { createContext, type ServerServices } from '../../src/graphql/context.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import type { Organization } from '../../src/organizations/organization.ts';
import { loadRoles, type Role } from '../../src/roles/role.ts';
import { createServices } from '../../src/services.ts';
import { type ManualClock, manualClock } from './clock.ts';
import { createTestDatabaseUrl } from './databases.ts';

/** Real services on a database of their own, and what tests look at and turn. */
export interface TestServices extends ServerServices {
  readonly clock: ManualClock;
  /** Every event that went over the bus. */
  readonly events: readonly Event[];
  /** Every statement that went to the database, without its values. */
  readonly statements: string[];
  /** Every line of the log. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** The recorder writes by itself every so many milliseconds: not while a test runs. */
const NEVER_MS = 3_600_000;

/** Opens services on a fresh database; usage is written only when a test says so. */
export async function openTestServices(engine: Engine): Promise<TestServices> {
  const { url, drop } = await createTestDatabaseUrl(engine);
  const database = await openDatabase(url);
  const statements: string[] = [];
  const events: Event[] = [];
  const lines: string[] = [];
  const recorded = {
    ...database,
    kysely: database.kysely.withPlugin(recordStatements(statements)),
    unhurried: database.unhurried.withPlugin(recordStatements(statements)),
  };
  const clock = manualClock();
  const log = createLog('debug', (line) => lines.push(line));
  const config = { ...parseConfig({ DATABASE_URL: url }), usageFlushMs: NEVER_MS };
  const publicUrl = () => 'http://localhost:4000';
  const running = await createServices(recorded, { config, clock, log, publicUrl });
  running.services.bus.subscribe((event) => events.push(event));
  await running.start();
  const close = async () => {
    await running.stop();
    await database.close();
    await drop();
  };
  return { ...running.services, clock, publicUrl: publicUrl(), events, statements, lines, close };
}

/** ServerServices for all tests of a `describe`, opened before the first and closed after the last. */
export function servicesOn(engine: Engine): () => TestServices {
  let services: TestServices | undefined;
  beforeAll(async () => {
    services = await openTestServices(engine);
  });
  afterAll(() => services?.close());
  return () => {
    if (!services) throw new Error('The services are open only while tests run');
    return services;
  };
}

/** What a verb is handed when this principal asks, or nobody does. */
export function contextFor(services: ServerServices, principal: Principal | null): GraphQLContext {
  const client = { id: newId('evt'), ip: '192.0.2.1', userAgent: 'vitest' };
  // Tests make principals up: they are as they are, whatever the database says.
  const { refreshPrincipal: _, ...context } = createContext(services, { principal, client });
  return context;
}

/** An organization with its system roles, and a context in which its owner asks. */
export async function makeOrganization(
  services: ServerServices,
  name = 'Acme',
): Promise<{ organization: Organization; ctx: GraphQLContext }> {
  const { result } = await createOrganization(contextFor(services, systemPrincipal('test')), { name });
  return { organization: result, ctx: contextFor(services, memberOf(result.id, ['*'])) };
}

/** Somebody who holds these permissions in the organization, and is part of no other. */
export function memberOf(organizationId: string, permissions: readonly string[]): Principal {
  return userPrincipal(newId('user'), newId('ses'), new Map([[organizationId, permissions]]));
}

/** A key that holds these permissions in the organization, and is bound by nothing unless it is said. */
export function keyCaller(
  organizationId: string,
  permissions: readonly string[],
  facts: Partial<CallingKey> = {},
): KeyPrincipal {
  const ids = { keyId: newId('key'), secretId: newId('sec'), organizationId };
  return keyPrincipal({
    ...UNRESTRICTED,
    keyExpiresAt: UNRESTRICTED.expiresAt,
    ...ids,
    permissions,
    ...facts,
  });
}

/** A role of the organization by its name. */
export async function roleNamed(ctx: GraphQLContext, organizationId: string, name: string): Promise<Role> {
  const { id } = await ctx.db
    .selectFrom('roles')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  const [role] = await loadRoles(ctx.db, [id]);
  if (!role) throw new Error(`There is no role ${name}`);
  return role;
}

/** Notes every statement that goes to the database, without its values. */
export function recordStatements(statements: string[]): KyselyPlugin {
  const compiler = new SqliteQueryCompiler();
  return {
    transformQuery: ({ node, queryId }) => {
      statements.push(compiler.compileQuery(node, queryId).sql);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
}
