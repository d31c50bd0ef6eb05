import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openDatabase } from '../../db/open.ts';
import { databaseFor, finish, readyAt, start } from '../cli/run.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const FLUSH_MS = 500;

/** A write under way when the server dies, and the way of an answer to the client, on a machine that does other things. */
const WRITE_MS = 2_000;

const KEYS = 20;

interface Key {
  readonly id: string;
  readonly secret: string;
  /** When each acceptance arrived here. */
  readonly accepted: number[];
}

onEachDatabase('kill -9 of a server that verifies', (engine) => {
  test('loses the use of one flush interval at most, and no key', async () => {
    const { env } = await databaseFor(engine);
    const settings = { ...env, PORT: '0', LOG_LEVEL: 'warn', USAGE_FLUSH_MS: String(FLUSH_MS) };
    const init = await finish(
      start(env, 'init', '--organization', 'Acme', '--email', 'a@example.com', '--json'),
    );
    const { sessionToken: token } = JSON.parse(init.stdout) as { sessionToken: string };
    const server = start(settings, 'serve');
    const url = await readyAt(server);
    const keys: Key[] = [];
    for (let index = 0; index < KEYS; index += 1) {
      const { data } = await ask({ url }, CREATE, { token, variables: { name: `${index}` } });
      const { apiKey, secret } = data.createApiKey;
      keys.push({ id: apiKey.id, secret, accepted: [] });
    }

    const agent = new Agent({ keepAlive: true });
    let killedAt = Number.POSITIVE_INFINITY;
    const use = async (key: Key): Promise<void> => {
      while (killedAt === Number.POSITIVE_INFINITY) {
        const status = await verify(url, key.secret, agent).catch(() => 0);
        if (status === 200) key.accepted.push(performance.now());
        await pause(2);
      }
    };
    const using = keys.map(use);
    const isSafe = (at: number) => at < performance.now() - FLUSH_MS - WRITE_MS;
    const enough = () => keys.every(({ accepted }) => accepted.filter(isSafe).length > 30);
    await eventually(enough);
    killedAt = performance.now();
    server.process.kill('SIGKILL');
    await Promise.all(using);
    await server.ended;
    agent.destroy();

    const again = start(settings, 'serve');
    await readyAt(again);
    const database = await openDatabase(env.DATABASE_URL ?? '');
    try {
      const rows = await database.kysely
        .selectFrom('api_keys')
        .innerJoin('api_key_secrets', 'api_key_secrets.api_key_id', 'api_keys.id')
        .innerJoin('api_key_secret_usage', 'api_key_secret_usage.secret_id', 'api_key_secrets.id')
        .innerJoin('api_key_usage', 'api_key_usage.api_key_id', 'api_keys.id')
        .select(['api_keys.id', 'api_key_secret_usage.uses', 'api_key_usage.last_used_at'])
        .execute();
      const written = new Map(rows.map((row) => [row.id, row]));
      const buckets = await database.kysely
        .selectFrom('api_key_usage_buckets')
        .select((eb) => ['api_key_id', eb.fn.sum<number>('verified').as('verified')])
        .where('granularity', '=', 'day')
        .groupBy('api_key_id')
        .execute();
      const counted = new Map(buckets.map((row) => [row.api_key_id, Number(row.verified)]));
      for (const { id, accepted } of keys) {
        const safe = accepted.filter((at) => at < killedAt - FLUSH_MS - WRITE_MS).length;
        expect(safe).toBeGreaterThan(10);
        const uses = written.get(id)?.uses ?? 0;
        expect(uses).toBeGreaterThanOrEqual(safe);
        // One answer may have been under way.
        expect(uses).toBeLessThanOrEqual(accepted.length + 1);
        // Last use, counter and buckets are written together.
        expect(counted.get(id)).toBe(uses);
        expect(written.get(id)?.last_used_at).toBeGreaterThan(0);
      }
    } finally {
      await database.close();
    }
  });
});

const CREATE = `mutation ($name: String!) {
  createApiKey(input: { name: $name }) { ... on CreateApiKeyPayload { apiKey { id } secret } }
}`;

function verify(url: string, secret: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${secret}` };
    request(`${url}/verify`, { agent, headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}
