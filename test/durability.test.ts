import { expect, it } from 'vitest';
import { openDatabase } from '../db/open.ts';
import { databaseFor, finish, readyAt, start } from './cli/run.ts';
import { CreateKeyDocument, RevokeKeyDocument } from './generated/graphql.ts';
import { request } from './schema/request.ts';
import { onEachDatabase } from './support/databases.ts';

/** Changes asked for; the server is killed somewhere among them. */
const CHANGES = 1_000;
const AT_ONCE = 20;

onEachDatabase('kill -9 among a thousand creations and revocations', (engine) => {
  it('loses nothing that was acknowledged, and leaves nothing half done', async () => {
    const { env } = await databaseFor(engine);
    const init = await finish(
      start(env, 'init', '--organization', 'Acme', '--email', 'a@example.com', '--json'),
    );
    const { sessionToken, organizationId } = JSON.parse(init.stdout);
    const server = start({ ...env, PORT: '0', LOG_LEVEL: 'warn' }, 'serve');
    const url = await readyAt(server);
    const created = new Set<string>();
    const revoked = new Set<string>();
    // Killed with others still under way.
    const killAfter = 400;
    let answers = 0;
    const change = async (): Promise<void> => {
      const [known] = [...created].filter((id) => !revoked.has(id)).slice(-5);
      if (answers % 2 === 1 && known) {
        const { data } = await request({ url }, sessionToken, RevokeKeyDocument, { input: { id: known } });
        if (data.revokeApiKey?.__typename === 'RevokeApiKeyPayload') revoked.add(known);
      } else {
        const { data } = await request({ url }, sessionToken, CreateKeyDocument, { input: { name: 'CI' } });
        if (data.createApiKey?.__typename === 'CreateApiKeyPayload') created.add(data.createApiKey.apiKey.id);
      }
      answers += 1;
      if (answers === killAfter) server.process.kill('SIGKILL');
    };
    let left = CHANGES;
    const work = async (): Promise<void> => {
      while (left > 0 && answers < killAfter) {
        left -= 1;
        await change().catch(() => {});
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await server.ended;
    expect(created.size).toBeGreaterThan(50);
    expect(revoked.size).toBeGreaterThan(20);

    const again = start({ ...env, PORT: '0', LOG_LEVEL: 'warn' }, 'serve');
    await readyAt(again);
    const database = await openDatabase(env.DATABASE_URL ?? '');
    try {
      const { kysely } = database;
      const keys = await kysely.selectFrom('api_keys').select(['id', 'revoked_at']).execute();
      const byId = new Map(keys.map((key) => [key.id, key.revoked_at]));
      for (const id of created) expect(byId.has(id), `created ${id}`).toBe(true);
      for (const id of revoked) expect(byId.get(id), `revoked ${id}`).not.toBeNull();

      const log = await kysely
        .selectFrom('audit_log')
        .select(['sequence', 'action', 'target_id'])
        .where('organization_id', '=', organizationId)
        .orderBy('sequence')
        .execute();
      expect(log.map((row) => row.sequence)).toEqual(log.map((_, index) => index + 1));
      const { value } = await kysely
        .selectFrom('organization_sequences')
        .select('value')
        .where('organization_id', '=', organizationId)
        .executeTakeFirstOrThrow();
      expect(value).toBe(log.length);
      const logged = (action: string) =>
        log
          .filter((row) => row.action === action)
          .map((row) => row.target_id)
          .sort();
      expect(logged('api_key.created')).toEqual(keys.map((key) => key.id).sort());
      const ended = keys.filter((key) => key.revoked_at !== null).map((key) => key.id);
      expect(logged('api_key.revoked')).toEqual(ended.sort());
      const secrets = await kysely
        .selectFrom('api_key_secrets')
        .select(['api_key_id', 'revoked_at'])
        .execute();
      expect(secrets.map((secret) => secret.api_key_id).sort()).toEqual(keys.map((key) => key.id).sort());
      expect(secrets.filter((secret) => secret.revoked_at !== null)).toHaveLength(ended.length);
    } finally {
      await database.close();
    }
  });
});
