import { expect, onTestFinished, test } from 'vitest';
import { rotateApiKey } from '../../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../../src/keys/update-api-key.ts';
import { encodeCursor } from '../../../src/realtime/cursor.ts';
import { databaseFor, finish, readyAt, start as spawn } from '../../cli/run.ts';
import { manualClock } from '../../support/clock.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../../support/databases.ts';
import { anyone, CHANGED, revoke } from '../../support/live.ts';
import { areLive, connectLive } from '../../support/live-socket.ts';
import { ask, makeApiKey, makeMember, startTestServer, type TestServer } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

const MINUTE = 60_000;

onEachDatabase('ApiKeyExpired', (engine) => {
  /** Starts servers on one database, which share a clock. */
  async function house() {
    const { url, drop } = await createTestDatabaseUrl(engine);
    const clock = manualClock();
    const servers: TestServer[] = [];
    onTestFinished(async () => {
      for (const server of servers) await server.close();
      await drop();
    });
    const start = async (): Promise<TestServer> => {
      const server = await startTestServer(engine, { databaseUrl: url, clock });
      servers.push(server);
      return server;
    };
    return { start, clock };
  }

  /** What the log says of a key, oldest first. */
  async function logOf({ services }: TestServer, keyId: string): Promise<string[]> {
    const rows = await services.db
      .selectFrom('audit_log')
      .select(['action', 'actor'])
      .where('target_id', '=', keyId)
      .orderBy('sequence')
      .execute();
    return rows.map(({ action, actor }) => `${action} by ${actor}`);
  }

  test('comes at the expiry, once, in its place among the other changes', async () => {
    const { start, clock } = await house();
    const server = await start();
    const { organizationId, sessionToken } = await makeMember(server);
    const expiresAt = clock.now() + MINUTE;
    const key = await makeApiKey(server, organizationId, { expiresAt });
    const extended = await makeApiKey(server, organizationId, { expiresAt });
    const revoked = await makeApiKey(server, organizationId, { expiresAt });
    await updateApiKey(anyone(server), { id: extended.id, expiresAt: expiresAt + MINUTE });
    await revoke(server, revoked.id);
    const socket = await connectLive(server, sessionToken);
    const query = `subscription { apiKeyChanged(types: [EXPIRED, UPDATED]) {
      __typename actor { ... on SystemActor { name } } apiKey { id status expiresAt }
    } }`;
    const changes = socket.subscribe(query);
    await areLive(server, 1);
    clock.set(expiresAt);
    await changes.received(1);
    const expired = { __typename: 'ApiKeyExpired', actor: { name: 'expiry' } };
    const at = (time: number) => new Date(time).toISOString();
    expect(changes.events).toEqual([
      { ...expired, apiKey: { id: key.id, status: 'EXPIRED', expiresAt: at(expiresAt) } },
    ]);
    // Extended, it lives again, and ends a second time.
    await updateApiKey(anyone(server), { id: key.id, expiresAt: expiresAt + 2 * MINUTE });
    clock.set(expiresAt + 2 * MINUTE);
    await changes.received(4);
    const ended = changes.events.slice(2).map(({ __typename, apiKey }) => [__typename, apiKey.id]);
    expect(ended).toEqual([
      ['ApiKeyExpired', extended.id],
      ['ApiKeyExpired', key.id],
    ]);
    expect(await logOf(server, revoked.id)).not.toContain('api_key.expired by expiry');
  });

  test('comes, once, where no server ran at that moment', async () => {
    const { start, clock } = await house();
    const before = await start();
    const { organizationId, sessionToken } = await makeMember(before);
    const key = await makeApiKey(before, organizationId, { expiresAt: clock.now() + MINUTE });
    const socket = await connectLive(before, sessionToken);
    const changes = socket.subscribe(CHANGED, { after: encodeCursor(organizationId, 0) });
    const [{ cursor }] = await changes.received(1);
    await before.close();
    clock.advance(2 * MINUTE);
    const server = await start();
    const again = await connectLive(server, sessionToken);
    const story = again.subscribe(CHANGED, { after: cursor });
    await story.received(1);
    // A second one would be there before a later change.
    await updateApiKey(anyone(server), { id: key.id, name: 'Later' });
    await story.received(2);
    expect(story.events.map(({ __typename }) => __typename)).toEqual(['ApiKeyExpired', 'ApiKeyUpdated']);
  });

  test('comes, once, where a server was killed and others start at once', async () => {
    const { env, open } = await databaseFor(engine);
    const { kysely } = await open();
    const { sessionToken } = JSON.parse(
      (await finish(spawn(env, 'init', '--organization', 'Acme', '--email', 'a@example.com', '--json')))
        .stdout,
    ) as { sessionToken: string };
    const serve = () => spawn(env, 'serve', '--port', '0');
    const killed = serve();
    const url = await readyAt(killed);
    const expiresAt = Date.now() + 60 * MINUTE;
    const created = await ask(
      { url },
      'mutation ($at: DateTime!) { createApiKey(input: { name: "CI", expiresAt: $at }) { ... on CreateApiKeyPayload { apiKey { id } } } }',
      { token: sessionToken, variables: { at: new Date(expiresAt).toISOString() } },
    );
    killed.process.kill('SIGKILL');
    await killed.ended;
    const { id } = created.data.createApiKey.apiKey;
    const actions = async () => {
      const rows = await kysely
        .selectFrom('audit_log')
        .select('action')
        .where('target_id', '=', id)
        .orderBy('sequence')
        .execute();
      return rows.map(({ action }) => action);
    };
    expect(await actions()).toEqual(['api_key.created']);
    // The hour goes by.
    await kysely.updateTable('api_keys').set({ expires_at: Date.now() }).where('id', '=', id).execute();
    // One server uses a SQLite file.
    const servers = engine === 'sqlite' ? [serve()] : [serve(), serve(), serve()];
    const urls = await Promise.all(servers.map(readyAt));
    await eventually(async () => (await actions()).length > 1);
    // Each has looked again by the time that it knows of a later expiry.
    for (const [index, at] of urls.entries()) {
      const query = `mutation { updateApiKey(input: { id: "${id}", name: "CI ${index}" }) { __typename } }`;
      await ask({ url: at }, query, { token: sessionToken });
    }
    const updates = urls.map(() => 'api_key.updated');
    expect(await actions()).toEqual(['api_key.created', 'api_key.expired', ...updates]);
  });

  test('has its like in the log for retiring secrets that run out, once', async () => {
    const { start, clock } = await house();
    const server = await start();
    const { organizationId } = await makeMember(server);
    const key = await makeApiKey(server, organizationId);
    await rotateApiKey(anyone(server), { id: key.id, overlapSeconds: 60 });
    await rotateApiKey(anyone(server), { id: key.id, overlapSeconds: 0 });
    clock.advance(MINUTE);
    const expired = 'api_key.secret_expired by expiry';
    await eventually(async () => (await logOf(server, key.id)).includes(expired));
    await server.close();
    clock.advance(MINUTE);
    const again = await start();
    const other = await makeApiKey(again, organizationId, { expiresAt: clock.now() + 1 });
    clock.advance(1);
    await eventually(async () => (await logOf(again, other.id)).length === 2);
    const log = await logOf(again, key.id);
    expect(log.filter((entry) => entry === expired)).toHaveLength(1);
  });
});
