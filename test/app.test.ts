import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DatabaseTooNewError } from '../db/database-errors.ts';
import { type Engine, openDatabase } from '../db/open.ts';
import { createApp } from '../src/app.ts';
import { parseConfig } from '../src/core/config/config.ts';
import { createLog } from '../src/core/log.ts';
import { readyAt, start } from './cli/run.ts';
import { createTestDatabaseUrl, onEachDatabase } from './support/databases.ts';
import { ask, makeApiKey, makeMember, startTestServer } from './support/server.ts';
import { openConnection } from './support/sockets.ts';
import { eventually } from './support/wait.ts';

const silent = createLog('silent');

async function newDatabase(engine: Engine, options: { empty?: boolean } = {}) {
  const { url, drop } = await createTestDatabaseUrl(engine, options);
  onTestFinished(drop);
  return { url, config: parseConfig({ DATABASE_URL: url, PORT: '0' }) };
}

async function newServer(engine: Engine, options: Parameters<typeof startTestServer>[1] = {}) {
  const server = await startTestServer(engine, options);
  onTestFinished(() => server.close());
  return server;
}

onEachDatabase('the app', (engine) => {
  describe('starting', () => {
    test('two processes at once on one new database: there is one first organization', async () => {
      const { url } = await newDatabase(engine, { empty: true });
      const env = { DATABASE_URL: url };
      const children = [start(env, 'serve', '--port', '0'), start(env, 'serve', '--port', '0')];
      const ready = await Promise.all(
        children.map((child) =>
          readyAt(child).then(
            () => child,
            () => null,
          ),
        ),
      );
      const serving = ready.filter((child) => child !== null);
      // A SQLite file has one server.
      expect(serving).toHaveLength(engine === 'sqlite' ? 1 : 2);
      const links = children.filter((child) => child.stdout().includes('Sign in within 15 minutes'));
      expect(links).toHaveLength(1);
      for (const child of children) {
        child.process.kill('SIGTERM');
        expect(await child.ended).toBe(serving.includes(child) ? 0 : 1);
      }
    });

    test('is refused on a database that is newer than the program, which is left as it is', async () => {
      const { url, config } = await newDatabase(engine);
      const database = await openDatabase(url);
      onTestFinished(() => database.close());
      await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(
        database.kysely,
      );
      const app = await createApp(config, { log: silent });
      await expect(app.start()).rejects.toThrow(DatabaseTooNewError);
      await expect(sql`select 1`.execute(app.services.db)).rejects.toThrow();
    });

    test('is refused on a port that is taken, with nothing left open', async () => {
      const server = await newServer(engine);
      const { config } = await newDatabase(engine);
      const app = await createApp({ ...config, port: Number(new URL(server.url).port) }, { log: silent });
      await expect(app.start()).rejects.toMatchObject({ cause: { code: 'EADDRINUSE' } });
      await expect(sql`select 1`.execute(app.services.db)).rejects.toThrow();
    });
  });

  describe('/readyz', () => {
    test('says no where the database is gone, without saying where it was; /healthz says yes', async () => {
      const { url, config } = await newDatabase(engine);
      const lines: string[] = [];
      const log = createLog('info', (line) => lines.push(line));
      const database = await openDatabase(url);
      const app = await createApp(config, { database, log });
      onTestFinished(() => app.stop());
      const server = await app.start();
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      await database.close();
      const response = await fetch(`${server.url}/readyz`);
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({
        status: 'unavailable',
        reason: 'the database is unreachable',
      });
      expect(lines.some((line) => line.includes('The server is not ready'))).toBe(true);
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      // What needs the database fails, masked, in the form that GraphQL clients expect.
      const answer = await ask(server, '{ __typename }', { token: `sess_${'A'.repeat(43)}` });
      expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([500, 'INTERNAL_SERVER_ERROR']);
    });

    test('says yes while a later program takes over, and has changed the database already', async () => {
      const server = await newServer(engine);
      await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(
        server.services.db,
      );
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      await sql`delete from kysely_migration where name like '0001%'`.execute(server.services.db);
      const response = await fetch(`${server.url}/readyz`);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ reason: expect.stringContaining('0001') });
    });
  });

  describe('stopping', () => {
    test('finishes what runs, and writes the usage that was gathered', async () => {
      const server = await startTestServer(engine, { config: { usageFlushMs: 60_000 } });
      const { organizationId, sessionToken: token } = await makeMember(server);
      const { id, secret } = await makeApiKey(server, organizationId);
      const verify = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code } }';
      const verified = await ask(server, verify, { token, variables: { key: secret } });
      expect(verified.data.verifyApiKey.code).toBe('VALID');

      // A change waits for one that holds the organization.
      const hold = deferred();
      const held = deferred();
      const holding = server.services.db.transaction().execute(async (tx) => {
        await tx
          .updateTable('organization_sequences')
          .set((eb) => ({ value: eb.ref('value') }))
          .where('organization_id', '=', organizationId)
          .execute();
        held.resolve();
        await hold.promise;
      });
      await held.promise;
      const create =
        'mutation { createApiKey(input: { name: "Late" }) { ... on CreateApiKeyPayload { apiKey { id } } } }';
      const body = JSON.stringify({ query: create });
      const connection = await openConnection(server.url);
      connection.send(
        `POST /graphql HTTP/1.1\r\nHost: keywright\r\nContent-Type: application/json\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      // When a later request is answered, this one has arrived.
      await fetch(`${server.url}/healthz`);
      const stopped = server.app.stop();
      await eventually(() =>
        openConnection(server.url).then(
          () => false,
          () => true,
        ),
      );
      hold.resolve();
      await holding;
      const answer = await connection.closed();
      expect(answer).toMatch(/^HTTP\/1.1 200 /);
      const created = /"id":"(key_\w+)"/.exec(answer)?.[1];
      await stopped;

      const database = await openDatabase(server.services.config.databaseUrl);
      onTestFinished(async () => {
        await database.close();
        await server.close();
      });
      const keys = await database.kysely.selectFrom('api_keys').select('id').execute();
      expect(keys.map((key) => key.id)).toContain(created);
      const usage = await database.kysely
        .selectFrom('api_key_usage')
        .select('last_used_at')
        .where('api_key_id', '=', id)
        .executeTakeFirstOrThrow();
      expect(usage.last_used_at).toBe(server.clock.now());
    });

    test('may be asked for twice, and before the start', async () => {
      const { config } = await newDatabase(engine);
      const app = await createApp(config, { log: silent });
      await Promise.all([app.stop(), app.stop()]);
      await app.stop();
    });
  });
});

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
