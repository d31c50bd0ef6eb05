import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { databaseFor, readyAt, start } from './cli/run.ts';
import { freePort } from './gateways/program.ts';
import { onEachDatabase } from './support/databases.ts';
import { outputPattern, type Recipe, readRecipes } from './support/recipes.ts';
import { expectOutputs, runSteps } from './support/run-steps.ts';

const ROOT = join(import.meta.dirname, '..');
const [setup, ...recipes] = readRecipes(readFileSync(join(ROOT, 'docs/recipes.md'), 'utf8'));

onEachDatabase('docs/recipes.md', (engine) => {
  test.each(recipes.map((recipe): [string, Recipe] => [recipe.title, recipe]))(
    '%s',
    async (_title, recipe) => {
      const { env } = await databaseFor(engine);
      const server = start({ ...env, LOG_LEVEL: 'warn', VERIFY_PORT: '0' }, 'serve', '--port', '0');
      // A reader tries a recipe again in the same terminal, with the same database.
      const steps = [...(setup?.steps ?? []), ...recipe.steps, ...recipe.steps];
      const outcome = await runSteps({ ...env, KEYWRIGHT_URL: await readyAt(server) }, steps);
      expectOutputs('docs/recipes.md', steps, outcome, server);
    },
    240_000,
  );
});

test('the document has its recipes, and each says what its commands print', () => {
  expect(setup?.title).toBe('Before you start');
  expect(recipes.map(({ title }) => title)).toEqual([
    'P0 Security',
    'P402',
    'Petra Security',
    'ipaware',
    'px0',
    'Call the API from a browser',
  ]);
  for (const { steps } of recipes)
    expect(steps.filter(({ output }) => output !== null).length).toBeGreaterThan(2);
});

test.each([
  [
    'pick data.createApiKey.secret <<<\'{"data":{"createApiKey":{"message":"denied"}}}\'',
    '{"data":{"createApiKey":{"message":"denied"}}}',
  ],
  ['pick data.id </dev/null', 'Unexpected end of JSON input'],
  ['KEYWRIGHT_TOKEN=none graphql "{ apiKeys { totalCount } }" | pick data.apiKeys.totalCount', 'curl: .*'],
  ['sign_in ""', 'curl: .*'],
])('a step that fails prints plain lines: %s', async (commands, message) => {
  const nobody = { KEYWRIGHT_URL: `http://127.0.0.1:${await freePort()}` };
  const { code, stderr } = await runSteps(nobody, [
    ...(setup?.steps ?? []),
    { commands, line: 0, output: null },
  ]);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(new RegExp(`^${message}$`, 'm'));
  expect(stderr).not.toMatch(/^ +at /m);
});

describe('an output is as the document says', () => {
  test('where it differs only at … and in the number of spaces', () => {
    const pattern = outputPattern('ID      NAME\nkey_…  a (b) [c]');
    expect('ID         NAME\nkey_01m7  a (b) [c]\n').toMatch(pattern);
    for (const other of ['ID NAME\nkey_1 a b c\n', 'ID NAME\nkey_1 a (b) [c]\nmore\n', 'ID NAME\n'])
      expect(other).not.toMatch(pattern);
  });

  test('and a document is read block by block', () => {
    const document =
      '# A\n```sh\nbefore\n```\n## B\n```sh\none\ntwo\n```\ntext\n```text\nout\n```\n```js\n```\n## C\n';
    expect(readRecipes(document)).toEqual([
      { title: 'B', steps: [{ commands: 'one\ntwo', line: 7, output: 'out' }] },
    ]);
    expect(() => readRecipes('```sh\n')).toThrow('line 1');
  });
});
