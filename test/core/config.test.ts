import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError, parseConfig } from '../../src/core/config/config.ts';
import { KEY_PREFIX_MAX } from '../../src/core/key-prefix.ts';

function fault(env: Record<string, string>): string {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The configuration was accepted');
}

describe('the configuration', () => {
  test('works without any setting', () => {
    expect(parseConfig({})).toEqual({
      databaseUrl: 'sqlite:./data/keywright.db',
      host: '127.0.0.1',
      port: 4000,
      publicUrl: null,
      corsOrigins: [],
      keyPrefix: 'kw',
      trustedProxies: [],
      maxActiveApiKeys: null,
      usageFlushMs: 500,
      verifyCacheKeys: 100_000,
      operations: {
        windowSeconds: 10,
        points: { caller: 500_000, organization: 1_000_000, operator: 0, address: 50_000 },
        operations: { caller: 200, organization: 500, operator: 2_000, address: 100 },
      },
      verifyFailuresPerMinute: 120,
      verifyServer: { port: 4001, workers: 1 },
      cluster: { listenUrl: null, leaseMs: 3_000, redisUrl: null },
      auditRetentionDays: null,
      live: expect.objectContaining({ operations: 100, perCaller: 1_000 }),
      http: expect.objectContaining({ responseBytes: 4_194_304 }),
      oidc: null,
      importPeppers: new Map(),
      metrics: false,
      logLevel: 'info',
      graphiql: true,
      trustedDocuments: null,
      trustedDocumentsOnly: false,
    });
  });

  test('takes every setting from the environment', () => {
    const config = parseConfig({
      DATABASE_URL: 'postgres://kw:secret@db:5432/kw',
      HOST: '0.0.0.0',
      PORT: '0',
      PUBLIC_URL: 'https://keys.example.com/',
      CORS_ORIGINS: 'https://Admin.example.com:443, http://localhost:5173',
      KEY_PREFIX: 'acme_api',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      MAX_ACTIVE_API_KEYS: '20',
      USAGE_FLUSH_MS: '50',
      VERIFY_CACHE_KEYS: '1',
      VERIFY_FAILURES_PER_MINUTE: '7',
      GRAPHQL_WINDOW_SECONDS: '60',
      GRAPHQL_POINTS_PER_CALLER: '20000',
      GRAPHQL_POINTS_PER_ORGANIZATION: '0',
      GRAPHQL_POINTS_PER_OPERATOR: '20000',
      GRAPHQL_POINTS_PER_ADDRESS: '30000',
      GRAPHQL_OPERATIONS_PER_CALLER: '1',
      GRAPHQL_OPERATIONS_PER_ORGANIZATION: '2',
      GRAPHQL_OPERATIONS_PER_OPERATOR: '0',
      GRAPHQL_OPERATIONS_PER_ADDRESS: '4',
      DATABASE_LISTEN_URL: 'postgres://kw:secret@primary:5432/kw',
      CLUSTER_LEASE_MS: '500',
      REDIS_URL: 'rediss://cache:6379',
      METRICS: 'on',
      LOG_LEVEL: 'silent',
      GRAPHIQL: 'off',
      TRUSTED_DOCUMENTS: './persisted.json',
      TRUSTED_DOCUMENTS_ONLY: 'on',
    });
    expect(config).toMatchObject({
      port: 0,
      publicUrl: 'https://keys.example.com',
      corsOrigins: ['https://admin.example.com', 'http://localhost:5173'],
      keyPrefix: 'acme_api',
      maxActiveApiKeys: 20,
      usageFlushMs: 50,
      verifyCacheKeys: 1,
      verifyFailuresPerMinute: 7,
      operations: {
        windowSeconds: 60,
        points: { caller: 20_000, organization: 0, operator: 20_000, address: 30_000 },
        operations: { caller: 1, organization: 2, operator: 0, address: 4 },
      },
      cluster: {
        listenUrl: 'postgres://kw:secret@primary:5432/kw',
        leaseMs: 500,
        redisUrl: 'rediss://cache:6379',
      },
      metrics: true,
      logLevel: 'silent',
      graphiql: false,
      trustedDocuments: './persisted.json',
      trustedDocumentsOnly: true,
    });
    expect(config.trustedProxies).toHaveLength(2);
  });

  test('takes a key prefix as long as an organization may have one', () => {
    const longest = `abcdefgh_${'j'.repeat(KEY_PREFIX_MAX - 9)}`;
    expect(parseConfig({ KEY_PREFIX: longest }).keyPrefix).toBe(longest);
    expect(fault({ KEY_PREFIX: `${longest}k` })).toContain(`at most ${KEY_PREFIX_MAX} characters`);
  });

  test('has no GraphiQL in production unless asked for', () => {
    expect(parseConfig({ NODE_ENV: 'production' }).graphiql).toBe(false);
    expect(parseConfig({ NODE_ENV: 'production', GRAPHIQL: 'on' }).graphiql).toBe(true);
    expect(parseConfig({ TRUSTED_DOCUMENTS_ONLY: 'on' }).graphiql).toBe(false);
    expect(parseConfig({ TRUSTED_DOCUMENTS_ONLY: 'on', GRAPHIQL: 'on' }).graphiql).toBe(true);
  });

  test.each([
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'https://a.example,'],
    ['CORS_ORIGINS', 'https://a.example https://b.example'],
    ['CORS_ORIGINS', 'https://a.example/'],
    ['DATABASE_URL', 'mysql://db'],
    ['DATABASE_URL', 'sqlite:'],
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['VERIFY_PORT', '65536'],
    ['VERIFY_PORT', 'none'],
    ['VERIFY_PORT', '4000'],
    ['VERIFY_WORKERS', '0'],
    ['VERIFY_WORKERS', '65'],
    ['PUBLIC_URL', 'https://example.com/keys'],
    ['PUBLIC_URL', 'example.com'],
    ['KEY_PREFIX', 'sess'],
    ['KEY_PREFIX', 'Acme'],
    ['KEY_PREFIX', 'abcdefgh_jklmnopq'],
    ['TRUSTED_PROXIES', '10.0.0.1/8'],
    ['MAX_ACTIVE_API_KEYS', '-1'],
    ['USAGE_FLUSH_MS', '1'],
    ['VERIFY_CACHE_KEYS', '0'],
    ['VERIFY_FAILURES_PER_MINUTE', '0'],
    ['DATABASE_URL', 'sqlite::memory:'],
    ['LOG_LEVEL', 'loud'],
    ['GRAPHIQL', 'maybe'],
    ['DATABASE_LISTEN_URL', 'sqlite:file.db'],
    ['CLUSTER_LEASE_MS', '100'],
    ['REDIS_URL', 'http://cache'],
    ['METRICS', 'yes'],
    ['GRAPHQL_WINDOW_SECONDS', '0'],
    ['GRAPHQL_POINTS_PER_CALLER', '19999'],
    ['GRAPHQL_POINTS_PER_ORGANIZATION', '1'],
    ['GRAPHQL_OPERATIONS_PER_ADDRESS', '-1'],
  ])('refuses %s=%s and names the variable', (name, value) => {
    expect(fault({ [name]: value })).toMatch(new RegExp(`^${name} `));
  });

  test.each([
    [{ PORT: '80' }, 81],
    [{ PORT: '0' }, 0],
    [{ PORT: '80', VERIFY_PORT: '9000' }, 9000],
    [{ PORT: '0', VERIFY_PORT: '0' }, 0],
    [{ PORT: '65535', VERIFY_PORT: '1' }, 1],
    [{ VERIFY_PORT: 'off' }, null],
  ])('verifies, with %j, on port %j', (env, port) => {
    expect(parseConfig(env).verifyServer.port).toBe(port);
  });

  test('has no default port to verify on after the last one', () => {
    expect(fault({ PORT: '65535' })).toBe('VERIFY_PORT must be set because PORT is 65535');
  });

  test('names every fault at once', () => {
    const message = fault({ PORT: 'x', LOG_LEVEL: 'x' });
    expect(message).toContain('PORT must be');
    expect(message).toContain('LOG_LEVEL must be');
  });

  test('does not repeat the password of a database that it refuses', () => {
    expect(fault({ DATABASE_URL: 'mysql://kw:hunter2@db' })).not.toContain('hunter2');
  });
});

test('reads the peppers of imported keys, as values and from files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'peppers-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'pepper');
  writeFileSync(file, ' from a file \n');
  const peppers = (env: Record<string, string>) => [...parseConfig(env).importPeppers];
  expect(peppers({})).toEqual([]);
  expect(peppers({ IMPORT_PEPPER_OLD: 'a', IMPORT_PEPPER_OTHER_FILE: file })).toEqual([
    ['OLD', 'a'],
    ['OTHER', ' from a file '],
  ]);
  for (const env of [
    { IMPORT_PEPPER_OLD: 'secret', IMPORT_PEPPER_OLD_FILE: file },
    { IMPORT_PEPPER_OLD_FILE: join(directory, 'absent') },
  ]) {
    expect(() => parseConfig(env)).toThrow('IMPORT_PEPPER_OLD');
    expect(() => parseConfig(env)).not.toThrow('secret');
  }
});
