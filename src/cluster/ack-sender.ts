import { signAck } from './ack-signing.ts';
import type { ListeningConnection } from './listening-connection.ts';
import { type Confirmation, encode, portions } from './messages.ts';
import { directChannel } from './notification-channels.ts';

/** Most confirmations that wait to be sent to one node; where somebody makes up more changes, the latest are sent. */
const WAITING_MAX = 10_000;

/** Most nodes not known here that are confirmed to at once: who makes up changes makes up who they are from. */
const UNKNOWN_MAX = 16;

/**
 * Tells other nodes which of their changes this one has taken note of: of one turn of the event loop at once, and to each
 * node the next when the last is sent.
 */
export class AckSender {
  readonly #nodeId: string;
  readonly #connection: Pick<ListeningConnection, 'query'>;
  readonly #waiting = new Map<string, Confirmation[]>();
  readonly #sending = new Set<string>();
  readonly #isKnown: (nodeId: string) => boolean;

  constructor(
    nodeId: string,
    connection: Pick<ListeningConnection, 'query'>,
    isKnown: (nodeId: string) => boolean,
  ) {
    this.#nodeId = nodeId;
    this.#connection = connection;
    this.#isKnown = isKnown;
  }

  /** Confirms a change to the node that made it, with the secret that stands in this node's row. */
  confirm(to: string, changeId: string, secret: string): void {
    const waiting = this.#waiting.get(to);
    const isTooMany = this.#waiting.size + this.#sending.size >= UNKNOWN_MAX;
    if (!waiting && isTooMany && !this.#isKnown(to)) return;
    const confirmation: Confirmation = [changeId, signAck(secret, changeId)];
    if (waiting) {
      waiting.push(confirmation);
      if (waiting.length > WAITING_MAX) waiting.shift();
      return;
    }
    this.#waiting.set(to, [confirmation]);
    if (!this.#sending.has(to)) setImmediate(() => void this.#send(to));
  }

  async #send(to: string): Promise<void> {
    const changes = this.#waiting.get(to);
    if (!changes) return;
    this.#waiting.delete(to);
    this.#sending.add(to);
    const sent = portions(changes).map((some) => {
      const message = encode({ type: 'confirmed', from: this.#nodeId, changes: some });
      return this.#connection.query('select pg_notify($1, $2)', [directChannel(to), message]);
    });
    // Where it does not arrive, the other waits until this node's lease is over.
    await Promise.allSettled(sent);
    this.#sending.delete(to);
    void this.#send(to);
  }
}
