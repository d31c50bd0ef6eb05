import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Where .ci/run reads how many tests there were.
const report = process.env.TEST_REPORT;

export default defineConfig({
  // One copy of graphql, the one that Node gives to the libraries.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    pool: 'forks',
    // On two cores: much of the time one of them waits for servers that it has started.
    maxWorkers: 3,
    // Each waits for two databases at most; a longer wait is a fault.
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 20_000,
    restoreMocks: true,
    // Some tests promise something within a second: on a busy machine a second try tells that from a fault.
    retry: process.env.CI ? 1 : 0,
  },
});
