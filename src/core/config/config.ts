import type { Network } from '../ip.ts';
import { parseNetwork } from '../ip.ts';
import { KEY_PREFIX_MAX, KEY_PREFIX_PATTERN, RESERVED_PREFIXES } from '../key-prefix.ts';
import { ORIGIN_FORM, parseOrigin } from '../origin.ts';
import { type ClusterConfig, readCluster } from './cluster-config.ts';
import { type HttpLimits, readHttpLimits } from './http-limits.ts';
import { readImportPeppers } from './import-config.ts';
import { type LiveLimits, readLiveLimits } from './live-limits.ts';
import { type OidcConfig, readOidc } from './oidc-config.ts';
import { type OperationLimitsConfig, readOperationLimits } from './operation-limits-config.ts';
import { parseBoolean, wholeNumber } from './setting.ts';
import { readVerifyServer, type VerifyServerConfig } from './verify-server-config.ts';

/** All settings, parsed and validated together. docs/configuration.md explains each. */
export interface Config {
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  /** Public URL of this server: scheme, host and port without a path. Null: the address that it listens on. */
  readonly publicUrl: string | null;
  /** Web origins whose pages may use operator tokens and sessions. */
  readonly corsOrigins: readonly string[];
  /** First part of the keys of new organizations. */
  readonly keyPrefix: string;
  /** Proxies whose X-Forwarded-For is trusted. */
  readonly trustedProxies: readonly Network[];
  /** Initial limit on active keys of new organizations. Null: unlimited. */
  readonly maxActiveApiKeys: number | null;
  /** Interval between writes of usage, milliseconds. */
  readonly usageFlushMs: number;
  /** Maximum number of keys in the verification cache. */
  readonly verifyCacheKeys: number;
  /** Failed verifications that a client address may cause in a minute. */
  readonly verifyFailuresPerMinute: number;
  /** Whole days for which audit entries are kept. Null: forever. */
  readonly auditRetentionDays: number | null;
  /** Processes that only verify keys. */
  readonly verifyServer: VerifyServerConfig;
  readonly cluster: ClusterConfig;
  readonly live: LiveLimits;
  readonly http: HttpLimits;
  readonly operations: OperationLimitsConfig;
  /** Secret keys of the HMACs of imported keys, by name. */
  readonly importPeppers: ReadonlyMap<string, string>;
  /** Sign-in with an OpenID provider. Null: only with links. */
  readonly oidc: OidcConfig | null;
  /** Whether /metrics is served. */
  readonly metrics: boolean;
  readonly logLevel: LogLevel;
  readonly graphiql: boolean;
  /** File or directory with manifests of trusted documents; null: none. */
  readonly trustedDocuments: string | null;
  /** Whether all other documents are rejected. */
  readonly trustedDocumentsOnly: boolean;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** An invalid setting. The message names it and the server does not start. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Parses the environment. Throws a ConfigError that names every invalid variable. */
export function parseConfig(env: Readonly<Record<string, string>>): Config {
  const faults: string[] = [];
  const read = <T>(name: string, fallback: T, parse: (text: string) => T): T => {
    const text = env[name];
    if (text === undefined) return fallback;
    try {
      return parse(text);
    } catch (error) {
      faults.push(`${name} ${(error as Error).message}`);
      return fallback;
    }
  };
  const fault = (message: string) => void faults.push(message);
  const trustedDocumentsOnly = read('TRUSTED_DOCUMENTS_ONLY', false, parseBoolean);
  const url = read('DATABASE_URL', 'sqlite:./data/keywright.db', databaseUrl);
  const port = read('PORT', 4000, wholeNumber(0, 65_535));
  const config: Config = {
    databaseUrl: url,
    host: read('HOST', '127.0.0.1', (text) => text),
    port,
    publicUrl: read<string | null>('PUBLIC_URL', null, origin),
    corsOrigins: read<readonly string[]>('CORS_ORIGINS', [], origins),
    keyPrefix: read('KEY_PREFIX', 'kw', keyPrefix),
    trustedProxies: read<readonly Network[]>('TRUSTED_PROXIES', [], networks),
    maxActiveApiKeys: read<number | null>('MAX_ACTIVE_API_KEYS', null, wholeNumber(0, 2_147_483_647)),
    usageFlushMs: read('USAGE_FLUSH_MS', 500, wholeNumber(10, 60_000)),
    verifyCacheKeys: read('VERIFY_CACHE_KEYS', 100_000, wholeNumber(1, 10_000_000)),
    verifyFailuresPerMinute: read('VERIFY_FAILURES_PER_MINUTE', 120, wholeNumber(1, 1_000_000)),
    auditRetentionDays: read<number | null>('AUDIT_RETENTION_DAYS', null, wholeNumber(1, 36_500)),
    verifyServer: readVerifyServer(env, read, port, fault),
    cluster: readCluster(read),
    live: readLiveLimits(read),
    http: readHttpLimits(read),
    operations: readOperationLimits(read),
    oidc: readOidc(env, read, fault),
    importPeppers: readImportPeppers(env, read),
    metrics: read('METRICS', false, parseBoolean),
    logLevel: read('LOG_LEVEL', 'info' as LogLevel, oneOf(LOG_LEVELS)),
    // GraphiQL can't run anything where only trusted documents are served.
    graphiql: read('GRAPHIQL', env.NODE_ENV !== 'production' && !trustedDocumentsOnly, parseBoolean),
    trustedDocuments: read<string | null>('TRUSTED_DOCUMENTS', null, (text) => text),
    trustedDocumentsOnly,
  };
  if (faults.length > 0) throw new ConfigError(faults.join('; '));
  return config;
}

function databaseUrl(text: string): string {
  if (/^sqlite:(?!:memory:).+/.test(text)) return text;
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return text;
  // The value may contain a password, so it is not repeated.
  throw new Error('must be sqlite:<path> or postgres://user:password@host:port/database');
}

function origin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash)
    return url.origin;
  throw new Error('must be an http or https address without a path, such as https://keys.example.com');
}

function origins(text: string): string[] {
  return text.split(',').map((part) => {
    const parsed = parseOrigin(part.trim());
    if (parsed !== null) return parsed;
    throw new Error(`must be a comma-separated list of origins; each ${ORIGIN_FORM}`);
  });
}

function keyPrefix(text: string): string {
  if (KEY_PREFIX_PATTERN.test(text) && text.length <= KEY_PREFIX_MAX && !RESERVED_PREFIXES.has(text))
    return text;
  throw new Error(
    `must be words of a-z and 0-9 joined by single _, at most ${KEY_PREFIX_MAX} characters, and not sess or kwop`,
  );
}

function networks(text: string): Network[] {
  return text.split(',').map((part) => {
    const parsed = parseNetwork(part.trim());
    if ('network' in parsed) return parsed.network;
    throw new Error(parsed.fault);
  });
}

function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found) return found;
    throw new Error(`must be one of ${values.join(', ')}`);
  };
}
