import { expect, test } from 'vitest';
import { onEachDatabase } from '../../support/databases.ts';
import { eventually } from '../../support/wait.ts';
import { databaseFor, finish, run, start } from '../run.ts';
import { keyLine, lines } from './moving.ts';
import { fileWith } from './read.ts';

const KEYS = 12_000;

onEachDatabase('kill -9 of an import', (engine) => {
  test('leaves whole batches, and the next one imports exactly the rest', { timeout: 180_000 }, async () => {
    const { env, open } = await databaseFor(engine);
    await run(env, 'init', '--organization', 'Acme', '--email', 'owner@example.com');
    const { kysely } = await open();
    const count = async (): Promise<number> => {
      const { keys } = await kysely
        .selectFrom('api_keys')
        .select(({ fn }) => fn.countAll<number>().as('keys'))
        .executeTakeFirstOrThrow();
      return Number(keys);
    };
    const file = fileWith(lines(...Array.from({ length: KEYS }, (_, index) => keyLine(`killed ${index}`))));
    const args = ['keys', 'import', file, '--format', 'jsonl', '--json'];
    const child = start(env, ...args);
    await eventually(async () => (await count()) > 0, { timeoutMs: 60_000 });
    child.process.kill('SIGKILL');
    expect((await finish(child)).code).toBe(-1);
    const before = await count();
    expect(before).toBeLessThan(KEYS);
    expect(before % 500).toBe(0);

    const ran = await run(env, ...args);
    expect(ran).toMatchObject({ code: 0 });
    const summary = { created: KEYS - before, unchanged: before, rejected: 0 };
    expect(JSON.parse(ran.stdout)).toMatchObject(summary);
    expect(await count()).toBe(KEYS);
    const secrets = await kysely.selectFrom('api_key_secrets').select('id').execute();
    expect(secrets.length).toBe(KEYS);
  });
});
