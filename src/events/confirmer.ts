import { directChannel } from './channels.ts';
import type { ListeningConnection } from './listening-connection.ts';
import { encode, portions } from './messages.ts';

/** Tells other nodes which of their changes this one has taken note of: of one turn of the event loop at once. */
export class Confirmer {
  readonly #nodeId: string;
  readonly #connection: Pick<ListeningConnection, 'query'>;
  readonly #waiting = new Map<string, string[]>();

  constructor(nodeId: string, connection: Pick<ListeningConnection, 'query'>) {
    this.#nodeId = nodeId;
    this.#connection = connection;
  }

  confirm(to: string, changeId: string): void {
    if (this.#waiting.size === 0) setImmediate(() => this.#send());
    const known = this.#waiting.get(to);
    if (known) known.push(changeId);
    else this.#waiting.set(to, [changeId]);
  }

  #send(): void {
    for (const [to, changeIds] of this.#waiting) {
      for (const ids of portions(changeIds)) {
        const message = encode({ type: 'confirmed', from: this.#nodeId, ids });
        // Where it does not arrive, the other waits until this node's lease is over.
        this.#connection.query('select pg_notify($1, $2)', [directChannel(to), message]).catch(() => {});
      }
    }
    this.#waiting.clear();
  }
}
