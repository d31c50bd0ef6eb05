import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { DenialEvent, UseEvent } from '../changes/events.ts';
import { Paced } from '../core/paced.ts';

/** Interval between two reads, milliseconds: less than between two notifications of one node. */
const READ_EVERY_MS = 100;

/** Delay after a failure, milliseconds. */
const RETRY_MS = 1_000;

interface Settings {
  readonly db: Kysely<Tables>;
  readonly ownId: string;
  readonly receive: (event: UseEvent | DenialEvent) => void;
  /** Whether usage is watched on this node. */
  readonly wanted: () => boolean;
}

/**
 * Reads usage sent by other nodes, each item once and in order. The position comes from the table, which only nodes can
 * write; a notification only triggers a read.
 */
export class RelayedUsage {
  readonly #settings: Settings;
  /** The last number of each node that was read or skipped. Null: not read yet. */
  #positions: Map<string, number> | null = null;
  readonly #reads = new Paced(READ_EVERY_MS, () => this.#read());
  #retry: NodeJS.Timeout | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** A node may have sent usage. */
  heard(): void {
    this.#reads.ask();
  }

  stop(): void {
    this.#reads.stop();
    clearTimeout(this.#retry);
  }

  async #read(): Promise<void> {
    try {
      const newest = await this.#newest();
      const positions = this.#positions;
      if (!positions || !this.#settings.wanted()) {
        this.#positions = newest;
        return;
      }
      for (const nodeId of positions.keys()) if (!newest.has(nodeId)) positions.delete(nodeId);
      for (const [nodeId, number] of newest) {
        // Everything of a node that appeared since the last read is new.
        const after = positions.get(nodeId) ?? 0;
        if (number > after) await this.#pass(nodeId, after, positions);
      }
    } catch {
      this.#retry = setTimeout(() => this.#reads.ask(), RETRY_MS).unref();
    }
  }

  async #pass(nodeId: string, after: number, positions: Map<string, number>): Promise<void> {
    const rows = await this.#settings.db
      .selectFrom('relayed_usage')
      .select(['number', 'events'])
      .where('node_id', '=', nodeId)
      .where('number', '>', after)
      .orderBy('number')
      .execute();
    for (const { number, events } of rows) {
      positions.set(nodeId, number);
      for (const event of JSON.parse(events) as (UseEvent | DenialEvent)[]) this.#settings.receive(event);
    }
  }

  async #newest(): Promise<Map<string, number>> {
    const rows = await this.#settings.db
      .selectFrom('relayed_usage')
      .select((eb) => ['node_id', eb.fn.max<number>('number').as('number')])
      .where('node_id', '!=', this.#settings.ownId)
      .groupBy('node_id')
      .execute();
    return new Map(rows.map(({ node_id, number }) => [node_id, Number(number)]));
  }
}
