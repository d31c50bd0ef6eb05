import type { Fixed } from './column-types.ts';

/** A server that runs on this database, or ran until a moment ago. */
export interface NodesTable {
  id: Fixed<string>;
  /** For people to know it by. */
  name: string;
  /** Grows by one each time the node proves that it hears the others. */
  beat: number;
  /** How long after that it may go by what it caches. */
  lease_ms: number;
  /** Grows each time its rows in `node_watches` change. */
  watching: number;
  /** What its confirmations are signed with, new with every connection; null: of a program that signs none. */
  secret: string | null;
}

/** Someone at this node watches uses and denials of this organization. */
export interface NodeWatchesTable {
  node_id: Fixed<string>;
  organization_id: Fixed<string>;
}

/** Uses and denials on their way to the other nodes. */
export interface RelayedUsageTable {
  node_id: Fixed<string>;
  /** Counts what the node has sent. */
  number: Fixed<number>;
  /** JSON: list of events. */
  events: Fixed<string>;
}
