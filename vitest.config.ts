import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Where .ci/run reads how many tests there were.
const report = process.env.TEST_REPORT;

/** They measure the memory of their process, or what keeps it alive: no other file may have run in it. */
const ALONE = ['test/http/websocket/churn.test.ts', 'test/graphql/engine.test.ts'];

/**
 * They require a browser, start many processes, fill databases or send megabytes, and take minutes: `npm test` leaves
 * them to commands of their own.
 */
const CONSOLE = ['test/console/**/*.test.ts'];
const CLUSTER = ['test/cluster/{faults,faults-verifiers}.test.ts'];
const E2E = [
  'test/{clients,moving,readme,recipes,durability}.test.ts',
  'test/{examples,gateways,outages,scripts}/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/db/postgres-outages.test.ts',
  'test/{verifiers,verifier-package}/*.test.ts',
  'test/usage/{crash,killed-writer}.test.ts',
  'test/http/websocket/{restart,stock-clients}.test.ts',
  'test/verify-server/**/*.test.ts',
  'test/db/{plans,usage-plans,denial-plans,metadata-index,search-extensions,search-index,usage-history}.test.ts',
  'test/{graphql/hostile-variables,http/hostile-text,keys/filtered-lists,verification/never-stale}.test.ts',
];

/** They take longest: where one of them came last, all other processes would wait for it. */
const LONGEST = [
  'clients',
  'recipes',
  'outages/postgres-away',
  'examples/examples',
  'access/matrix',
  'db/plans',
  'verification/never-stale',
  'keys/filtered-lists',
  'cli/start-errors',
  'cli/copy',
  'durability',
  'graphql/hostile-variables',
  'http/hostile-text',
  'http/sign-in/oidc',
  'cluster/attacks',
].map((name) => {
  const path = fileURLToPath(new URL(`test/${name}.test.ts`, import.meta.url));
  if (!existsSync(path)) throw new Error(`vitest.config.ts: there is no ${path}`);
  return path;
});

/** vitest begins with the longest files as long as it remembers how long they took: not in a fresh clone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.includes(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

function project(
  name: string,
  files: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration {
  return {
    // One copy of graphql, the one that Node gives to the libraries.
    resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
    test: {
      name,
      ...files,
      pool: 'forks',
      // They bound only a failure, on however busy a machine. Properties may be checked for hours.
      testTimeout: process.env.PROPERTY_RUNS ? 0 : 120_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 20_000, interval: 20 } },
      restoreMocks: true,
    },
  };
}

export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    // On two cores: much of the time one of them waits for servers that it has started.
    maxWorkers: 3,
    teardownTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      // Loading the server takes longer than most files run: each process does it once.
      project('together', {
        include: ['test/**/*.test.ts'],
        exclude: [...configDefaults.exclude, ...ALONE, ...CONSOLE, ...CLUSTER, ...E2E],
        isolate: false,
      }),
      project('alone', { include: ALONE }),
      project('console', { include: CONSOLE }),
      project('cluster', { include: CLUSTER }),
      project('e2e', { include: E2E, isolate: false }),
    ],
  },
});
