import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { DenialEvent, UseEvent } from './events.ts';

interface Sender {
  /** The last number read. */
  read: number;
  /** The last number heard of. */
  said: number;
  reading: boolean;
  /** Something may have come that was not heard of, and that the read under way does not see. */
  again: boolean;
}

/** Reads what other nodes have sent of usage, each once and in order. */
export class RelayedUsage {
  readonly #db: Kysely<Tables>;
  readonly #receive: (event: UseEvent | DenialEvent) => void;
  readonly #senders = new Map<string, Sender>();

  constructor(db: Kysely<Tables>, receive: (event: UseEvent | DenialEvent) => void) {
    this.#db = db;
    this.#receive = receive;
  }

  /** Takes note that a node has sent something; it is read where it is `wanted`. */
  heard(nodeId: string, number: number, wanted: boolean): void {
    const known = this.#senders.get(nodeId);
    const sender = known ?? { read: number - 1, said: number, reading: false, again: false };
    sender.said = Math.max(sender.said, number);
    this.#senders.set(nodeId, sender);
    if (!wanted) sender.read = sender.said;
    else void this.#read(nodeId, sender);
  }

  /** Reads what was sent and not heard of, of the nodes that are there; forgets the others. */
  catchUp(nodeIds: ReadonlySet<string>): void {
    for (const [nodeId, sender] of this.#senders) {
      sender.again = true;
      if (nodeIds.has(nodeId)) void this.#read(nodeId, sender);
      else this.#senders.delete(nodeId);
    }
  }

  async #read(nodeId: string, sender: Sender): Promise<void> {
    if (sender.reading) return;
    sender.reading = true;
    try {
      do {
        sender.again = false;
        const rows = await this.#db
          .selectFrom('relayed_usage')
          .select(['number', 'events'])
          .where('node_id', '=', nodeId)
          .where('number', '>', sender.read)
          .orderBy('number')
          .execute();
        // What is kept no more is never read.
        sender.read = Math.max(sender.said, rows.at(-1)?.number ?? 0);
        for (const row of rows)
          for (const event of JSON.parse(row.events) as (UseEvent | DenialEvent)[]) this.#receive(event);
      } while (sender.said > sender.read || sender.again);
    } catch {
      // The next message, or the next connection, has it read.
    } finally {
      sender.reading = false;
    }
  }
}
