import { expect, test } from 'vitest';
import { missingPaths } from '../../scripts/document-paths.ts';

const PATHS = [
  'README.md',
  'src/main.ts',
  'src/keys/create.ts',
  'docs/architecture.md',
  'schema/schema.graphql',
];

test.each([
  'See [the house](docs/architecture.md#data) and [GraphQL](https://graphql.org/learn/).',
  'Start at `src/main.ts:12`, in `src/` or `src/keys`; `keys/create.ts` makes a key, `main.ts` starts.',
  'Answers `GET /schema.graphql` with `text/event-stream`, needs `api.key.view`, on Node.js.',
  'Set `DATABASE_URL` to `sqlite:./data/keywright.db`; `src/**/*.ts` is all of it.',
  '[Data]: docs/architecture.md',
  '```sh\nnode src/main.ts --port=4000 application/json\n```\n',
  'Save this.\n\n`settings.json`:\n\n```json\n{}\n```\n',
])('finds nothing to say about: %s', (text) => {
  expect(missingPaths('README.md', text, PATHS)).toEqual([]);
});

test.each([
  ['See [the house](docs/house.md).', 'docs/house.md'],
  ['[House]: docs/house.md', 'docs/house.md'],
  ['Start at `src/start.ts`.', 'src/start.ts'],
  ['It is in `src/tools`.', 'src/tools'],
  ['Look into `tools/`.', 'tools/'],
  ['Look into `keys/list.ts:3`.', 'keys/list.ts'],
  ['Change `settings.json`.', 'settings.json'],
  ['`settings.json`:\n\ntext', 'settings.json'],
  ['Two ticks: ``src/start.ts``', 'src/start.ts'],
  ['```sh\nnode src/start.ts\n```\n', 'src/start.ts'],
])('misses the path in: %s', (text, path) => {
  expect(missingPaths('README.md', text, PATHS)).toEqual([path]);
});

test('reads links from where the document stands', () => {
  const text = 'Back to [the start](../README.md), not [here](README.md).';
  expect(missingPaths('docs/architecture.md', text, PATHS)).toEqual(['README.md']);
});
