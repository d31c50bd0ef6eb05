import { type ReadVariable, wholeNumber } from './setting.ts';

/** Settings of several servers on one database. */
export interface ClusterConfig {
  /** URL for LISTEN. Null: the database's own URL. */
  readonly listenUrl: string | null;
  /** How long a node that may have missed a change uses its cache, milliseconds. */
  readonly leaseMs: number;
  /** Redis URL for rate limits that all nodes share. Null: each node counts separately. */
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
  // The value may contain a password, so it is not repeated.
  throw new Error('must be postgres://user:password@host:port/database');
}

function redisUrl(text: string): string {
  if (/^rediss?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new Error('must be redis://user:password@host:port, or rediss:// for TLS');
}
