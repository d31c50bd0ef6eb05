import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { SQLite } from '../../../db/sqlite/driver.ts';
import { betterAuthOfPeers } from '../../support/better-auth.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../../support/databases.ts';
import { movingOn } from './moving.ts';
import { temporaryFolder } from './read.ts';

const BODIES = [
  { name: 'Plain' },
  {
    name: 'All',
    prefix: 'acme_live_',
    expiresIn: 7 * 86_400,
    metadata: { plan: 'pro' },
    permissions: { files: ['read'] },
  },
  { name: 'Unlimited', rateLimitEnabled: false },
  { name: 'Counted', remaining: 5 },
  { name: 'Off', disabled: true },
  {},
];

onEachDatabase('a database of better-auth', (engine) => {
  const moving = movingOn(engine);
  const betterAuth = betterAuthOfPeers();

  /** Makes a database with keys. `read` reads all rows of a table. */
  async function databaseOfBetterAuth() {
    if (engine === 'sqlite') {
      const path = join(temporaryFolder(), 'auth.db');
      const connection = new SQLite(path);
      onTestFinished(() => void connection.close());
      const made = await betterAuth().createBetterAuthKeys(connection, BODIES);
      return { ...made, source: path, rows: connection.prepare('select * from apikey').all() };
    }
    const { url, drop } = await createTestDatabaseUrl('postgres', { empty: true });
    const pool = new pg.Pool({ connectionString: url });
    onTestFinished(async () => {
      await pool.end();
      await drop();
    });
    const made = await betterAuth().createBetterAuthKeys(pool, BODIES);
    return { ...made, source: url, rows: (await pool.query('select * from apikey')).rows };
  }

  test('is imported, and every secret verifies as before', { timeout: 120_000 }, async () => {
    const { source, secrets, userId, rows } = await databaseOfBetterAuth();
    const to = await moving();
    const ran = await to.keys('import', source, '--format', 'better-auth', '--json');
    expect(ran).toMatchObject({ code: 0 });
    expect(JSON.parse(ran.stdout)).toEqual({
      ...{ dryRun: false, created: 6, unchanged: 0, rejected: 0 },
      notCarriedOver: { remaining: 1 },
    });
    const answers = [];
    for (const secret of secrets) {
      const { code, apiKey } = await to.verify(secret);
      answers.push([code, apiKey?.name, await to.statusOf(secret)]);
    }
    expect(answers).toEqual([
      ['VALID', 'Plain', 200],
      ['VALID', 'All', 200],
      ['VALID', 'Unlimited', 200],
      ['VALID', 'Counted', 200],
      ['DISABLED', expect.anything(), 401],
      ['VALID', secrets[5]?.slice(0, 6), 200],
    ]);
    const imported = await to.server.services.db
      .selectFrom('api_keys')
      .innerJoin('api_key_usage', 'api_key_usage.api_key_id', 'api_keys.id')
      .select(['name', 'start', 'grants', 'rate_limit', 'rate_window_seconds', 'external_id', 'metadata'])
      .select(['expires_at', 'created_at', 'last_used_at'])
      .where('api_keys.organization_id', '=', to.organizationId)
      .orderBy('name')
      .execute();
    const [all, , , plain, unlimited] = imported.filter(({ name }) => name !== secrets[5]?.slice(0, 6));
    expect(all).toMatchObject({
      ...{ name: 'All', start: 'acme_live_', grants: '["files.read"]', metadata: '{"plan":"pro"}' },
      ...{ rate_limit: 100, rate_window_seconds: 60, external_id: userId },
      expires_at: expect.any(Number),
    });
    expect((all?.expires_at ?? 0) - (all?.created_at ?? 0)).toBeGreaterThan(6.9 * 86_400_000);
    expect(plain?.last_used_at).toBeGreaterThanOrEqual(plain?.created_at ?? Number.POSITIVE_INFINITY);
    expect(unlimited).toMatchObject({ name: 'Unlimited', rate_limit: null });

    const dump = join(temporaryFolder(), 'apikey.json');
    writeFileSync(dump, JSON.stringify(rows, null, 2));
    const again = await to.keys('import', dump, '--format', 'better-auth', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ created: 0, unchanged: 6, rejected: 0 });
  });

  test('without the table is refused in one line', async () => {
    const to = await moving();
    const path = join(temporaryFolder(), 'other.db');
    new SQLite(path).exec('create table t (a)').close();
    const ran = await to.keys('import', path, '--format', 'better-auth');
    expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('apikey') });
  });
});
