import type { Fixed } from './column-types.ts';

/** A server that runs on this database, or ran until a moment ago. */
export interface NodesTable {
  id: Fixed<string>;
  /** For people to know it by. */
  name: string;
  /** Incremented each time the node proves that it receives the other nodes' messages. */
  beat: number;
  /** How long after that the node may rely on its cache. */
  lease_ms: number;
  /** Grows each time its rows in `node_watches` change. */
  watching: number;
  /** Key that signs its confirmations, new with every connection. Null: the program signs none. */
  secret: string | null;
}

/** Someone at this node watches uses and denials of this organization. */
export interface NodeWatchesTable {
  node_id: Fixed<string>;
  organization_id: Fixed<string>;
}

/** Uses and denials to be sent to the other nodes. */
export interface RelayedUsageTable {
  node_id: Fixed<string>;
  /** Number of the node's last message. */
  number: Fixed<number>;
  /** JSON: list of events. */
  events: Fixed<string>;
}
