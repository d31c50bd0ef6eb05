import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { installPeers, peersFolder } from '../bench/install-peers.ts';
import { SQLite } from '../db/sqlite/driver.ts';
import { databaseFor, readyAt, start } from './cli/run.ts';
import { onEachDatabase } from './support/databases.ts';
import { outputPattern, readRecipes } from './support/recipes.ts';
import { runSteps } from './support/run-steps.ts';

const PAGE = 'docs/moving.md';

interface BetterAuth {
  createBetterAuthKeys(
    database: unknown,
    bodies: readonly Readonly<Record<string, unknown>>[],
  ): Promise<{ readonly secrets: readonly string[] }>;
}

onEachDatabase(PAGE, (engine) => {
  let betterAuth: BetterAuth;
  beforeAll(async () => {
    installPeers();
    betterAuth = (await import(`${peersFolder}/better-auth-keys.mjs`)) as BetterAuth;
  }, 300_000);

  test('moves keys as written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'moving-'));
    const connection = new SQLite(join(folder, 'auth.db'));
    const { secrets } = await betterAuth.createBetterAuthKeys(connection, [
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
    const { code, outputs, stderr } = await runSteps(
      { ...env, KEYWRIGHT_URL, OLD_KEY: secrets[0] ?? '' },
      steps,
      folder,
    );
    for (const [index, { line, output }] of steps.entries()) {
      const at = `the block at line ${line} of ${PAGE}`;
      expect(outputs.length, `${at} failed: ${outputs.at(-1)}${stderr}`).toBeGreaterThan(index + 1);
      if (output !== null) expect(outputs[index], at).toMatch(outputPattern(output));
    }
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('error') });
    expect(server.stderr()).toBe('');
  });
});
