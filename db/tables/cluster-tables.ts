import type { Fixed } from './column-types.ts';

/** A server that runs on this database, or ran until a moment ago. */
export interface NodesTable {
  id: Fixed<string>;
  /** Identifies it to people. */
  name: string;
  /** Incremented each time the node proves that it receives the other nodes' messages. */
  beat: number;
  /** How long the node may use its cache after that. */
  lease_ms: number;
  /** Incremented when its rows in `node_watches` change. */
  watching: number;
  /** Key that signs its confirmations, new with every connection. Null: the program doesn't sign any. */
  secret: string | null;
}

/** An organization whose uses and denials are watched on this node. */
export interface NodeWatchesTable {
  node_id: Fixed<string>;
  organization_id: Fixed<string>;
}

/** Uses and denials for the other nodes. */
export interface RelayedUsageTable {
  node_id: Fixed<string>;
  /** Number of the node's last message. */
  number: Fixed<number>;
  /** JSON: list of events. */
  events: Fixed<string>;
}

/** A verifier that is connected to a server, or was until a moment ago. */
export interface VerifiersTable {
  id: Fixed<string>;
  /** The process that writes the row. */
  node: Fixed<string>;
  /** Null: it verifies keys of every organization. */
  organization_id: Fixed<string | null>;
  kind: Fixed<'process' | 'embedded'>;
  /** As it introduced itself. */
  name: Fixed<string | null>;
  connected_at: Fixed<number>;
  cached_keys: number;
  /** Whether it can use its cache. */
  current: number;
  /** By the database's clock. */
  seen_at: number;
}

/** A single row, used on SQLite. */
export interface VerifierLeasesTable {
  id: Fixed<number>;
  /** 1: no verifier can hold a lease. */
  idle: number;
  /** The longest lease that was ever granted, milliseconds. */
  longest_ms: number;
}
