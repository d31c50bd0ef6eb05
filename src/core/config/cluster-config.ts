import { type ReadVariable, wholeNumber } from './setting.ts';

/** How several servers on one database work together. */
export interface ClusterConfig {
  /** Where to listen to PostgreSQL; null: at the database's own address. */
  readonly listenUrl: string | null;
  /** How long a node that may have missed something goes by what it caches, milliseconds. */
  readonly leaseMs: number;
  /** Where rate limits are counted for all nodes together; null: each counts for itself. */
  readonly redisUrl: string | null;
}

/** Reads the settings that only several servers need. */
export function readCluster(read: ReadVariable) {
  return {
    listenUrl: read<string | null>('DATABASE_LISTEN_URL', null, postgresUrl),
    leaseMs: read('CLUSTER_LEASE_MS', 3_000, wholeNumber(300, 60_000)),
    redisUrl: read<string | null>('REDIS_URL', null, redisUrl),
  } satisfies ClusterConfig;
}

function postgresUrl(text: string): string {
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return text;
  // The value may hold a password, so it is not repeated.
  throw new Error('must be postgres://user:password@host:port/database');
}

function redisUrl(text: string): string {
  if (/^rediss?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new Error('must be redis://user:password@host:port, or rediss:// for TLS');
}
