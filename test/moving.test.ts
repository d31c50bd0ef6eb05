import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { SQLite } from '../db/sqlite/driver.ts';
import { databaseFor, readyAt, start } from './cli/run.ts';
import { betterAuthOfPeers } from './support/better-auth.ts';
import { onEachDatabase } from './support/databases.ts';
import { readRecipes } from './support/recipes.ts';
import { expectOutputs, runSteps } from './support/run-steps.ts';

const PAGE = 'docs/moving.md';

onEachDatabase(PAGE, (engine) => {
  const betterAuth = betterAuthOfPeers();

  test('moves keys as written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'moving-'));
    const connection = new SQLite(join(folder, 'auth.db'));
    const { secrets } = await betterAuth().createBetterAuthKeys(connection, [
      { name: 'Files', permissions: { files: ['read'] } },
      { name: 'Counted', remaining: 5 },
    ]);
    connection.close();
    const { env } = await databaseFor(engine);
    const server = start({ ...env, LOG_LEVEL: 'warn' }, 'serve', '--port', '0');
    const steps = readRecipes(readFileSync(join(import.meta.dirname, '..', PAGE), 'utf8')).flatMap(
      (section) => section.steps,
    );
    const KEYWRIGHT_URL = await readyAt(server);
    const outcome = await runSteps({ ...env, KEYWRIGHT_URL, OLD_KEY: secrets[0] ?? '' }, steps, folder);
    expectOutputs(PAGE, steps, outcome, server);
  });
});
