import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { encode } from './messages.ts';
import { BROADCAST } from './notification-channels.ts';
import { type Usage, UsageGroups } from './usage-groups.ts';

/**
 * Minimum interval between two notifications, milliseconds: each takes a lock shared by all commits of the database.
 */
const SEND_EVERY_MS = 250;

/** How long sent usage can be read, milliseconds. */
const KEPT_MS = 60_000;

/** Sends usage to other nodes and reads theirs: the newest event of each key, and how many it stands for. */
export class UsageRelay {
  readonly #db: Kysely<Tables>;
  readonly #nodeId: string;
  readonly #waiting = new UsageGroups();
  /** Pending, or sent without a response. A retry under the same number counts once. */
  #sending: { number: number; events: readonly Usage[] } | null = null;
  #number = 0;
  #timer: NodeJS.Timeout | null = null;
  #sentAt = Number.NEGATIVE_INFINITY;
  #kept = { since: performance.now(), number: 0 };
  #stopped = false;

  constructor(db: Kysely<Tables>, nodeId: string) {
    this.#db = db;
    this.#nodeId = nodeId;
  }

  /** Sends an event with the next notification. */
  add(event: Usage): void {
    if (this.#waiting.add(event)) this.#sendSoon();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #sendSoon(): void {
    if (this.#timer || this.#stopped) return;
    const due = this.#sentAt + SEND_EVERY_MS - performance.now();
    this.#timer = setTimeout(() => void this.#send(), Math.max(0, due)).unref();
  }

  async #send(): Promise<void> {
    this.#sentAt = performance.now();
    if (!this.#sending) {
      this.#number += 1;
      this.#sending = { number: this.#number, events: this.#waiting.take() };
    }
    try {
      await this.#write(this.#sending.number, this.#sending.events);
      this.#sending = null;
      await this.#clean();
    } catch {
      // The database is unavailable: the same batch is sent again later.
    }
    this.#timer = null;
    if (this.#sending || this.#waiting.size > 0) this.#sendSoon();
  }

  async #write(number: number, events: readonly Usage[]): Promise<void> {
    const message = encode({ type: 'usage', from: this.#nodeId, number });
    await sql`
      with sent as (
        insert into relayed_usage (node_id, number, events)
        values (${this.#nodeId}, ${number}, ${JSON.stringify(events)}) on conflict do nothing
      )
      select pg_notify(${BROADCAST}, ${message})
    `.execute(this.#db);
  }

  /** Removes expired rows, including those of nodes that are gone. */
  async #clean(): Promise<void> {
    const now = performance.now();
    if (now - this.#kept.since < KEPT_MS) return;
    const { number } = this.#kept;
    this.#kept = { since: now, number: this.#number };
    await this.#db
      .deleteFrom('relayed_usage')
      .where((eb) =>
        eb.or([
          eb.and([eb('node_id', '=', this.#nodeId), eb('number', '<=', number)]),
          eb('node_id', 'not in', eb.selectFrom('nodes').select('id')),
        ]),
      )
      .execute();
  }
}
