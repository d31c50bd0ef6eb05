import { directChannel } from './channels.ts';
import type { ListeningConnection } from './listening-connection.ts';
import { type Confirmation, encode, portions } from './messages.ts';
import { proofOf } from './proofs.ts';

/** Tells other nodes which of their changes this one has taken note of: of one turn of the event loop at once. */
export class Confirmer {
  readonly #nodeId: string;
  readonly #connection: Pick<ListeningConnection, 'query'>;
  readonly #waiting = new Map<string, Confirmation[]>();

  constructor(nodeId: string, connection: Pick<ListeningConnection, 'query'>) {
    this.#nodeId = nodeId;
    this.#connection = connection;
  }

  /** Confirms a change to the node that made it, with the secret that stands in this node's row. */
  confirm(to: string, changeId: string, secret: string): void {
    if (this.#waiting.size === 0) setImmediate(() => this.#send());
    const confirmation: Confirmation = [changeId, proofOf(secret, changeId)];
    const known = this.#waiting.get(to);
    if (known) known.push(confirmation);
    else this.#waiting.set(to, [confirmation]);
  }

  #send(): void {
    for (const [to, all] of this.#waiting) {
      for (const changes of portions(all)) {
        const message = encode({ type: 'confirmed', from: this.#nodeId, changes });
        // Where it does not arrive, the other waits until this node's lease is over.
        this.#connection.query('select pg_notify($1, $2)', [directChannel(to), message]).catch(() => {});
      }
    }
    this.#waiting.clear();
  }
}
