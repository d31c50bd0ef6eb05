import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { decodeCursor, encodeCursor } from '../../src/realtime/cursor.ts';
import type { ClusterNode } from './cluster.ts';
import type { Drill } from './drill.ts';

const CHANGED = `subscription ($after: String, $organizationId: ID) {
  apiKeyChanged(after: $after, organizationId: $organizationId) { cursor }
}`;

/** A client that follows the changes of all keys from the first on, and resumes where it was whenever it is cut off. */
export class Follower {
  readonly name: string;
  /** The sequences it got, in the order in which they came. */
  readonly sequences: number[] = [];
  readonly #drill: Pick<Drill, 'cluster' | 'organizationId'>;
  readonly #node: () => ClusterNode;
  #client: Client | null = null;
  #stopped = false;
  readonly #running: Promise<void>;

  /** Follows at the node that `node` gives whenever it connects. */
  constructor(name: string, drill: Pick<Drill, 'cluster' | 'organizationId'>, node: () => ClusterNode) {
    this.name = name;
    this.#drill = drill;
    this.#node = node;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#client?.dispose();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#follow().catch(() => {});
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  #follow(): Promise<void> {
    const { cluster, organizationId } = this.#drill;
    const client = createClient({
      url: `${this.#node().url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${cluster.token}` },
      retryAttempts: 0,
      connectionAckWaitTimeout: 5_000,
      keepAlive: 1_000,
    });
    this.#client = client;
    const after = encodeCursor(organizationId, this.sequences.at(-1) ?? 0);
    return new Promise<void>((resolve) => {
      client.subscribe<{ apiKeyChanged: { cursor: string } }>(
        { query: CHANGED, variables: { after, organizationId } },
        {
          next: ({ data }) => {
            if (data) this.sequences.push(decodeCursor(data.apiKeyChanged.cursor, organizationId));
          },
          error: () => resolve(),
          complete: () => resolve(),
        },
      );
    }).then(() => void client.dispose());
  }
}
