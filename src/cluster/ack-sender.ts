import { signAck } from './ack-signing.ts';
import type { Confirmed } from './bus.ts';
import type { ListeningConnection } from './listening-connection.ts';
import { type Confirmation, encode, portions } from './messages.ts';
import { directChannel } from './notification-channels.ts';

/** Maximum number of confirmations queued per node. If changes are forged, the latest are sent. */
const WAITING_MAX = 10_000;

/** Maximum number of unknown nodes that are sent confirmations at once: forged changes name forged nodes. */
const UNKNOWN_MAX = 16;

/**
 * Sends other nodes the confirmations of their changes. Batches those of one turn of the event loop, one message per
 * node at a time.
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

  /**
   * Confirms a change to the node that committed it, signed with the secret in this node's row, for this node and those
   * that it has notified.
   */
  confirm(to: string, changeId: string, secret: string, { confirmed, total }: Confirmed): void {
    const waiting = this.#waiting.get(to);
    const isTooMany = this.#waiting.size + this.#sending.size >= UNKNOWN_MAX;
    if (!waiting && isTooMany && !this.#isKnown(to)) return;
    const proof = signAck(secret, changeId);
    const confirmation: Confirmation = total > 0 ? [changeId, proof, confirmed, total] : [changeId, proof];
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
    // If it does not arrive, the other node waits until this node's lease expires.
    await Promise.allSettled(sent);
    this.#sending.delete(to);
    void this.#send(to);
  }
}
