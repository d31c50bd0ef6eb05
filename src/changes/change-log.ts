import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { Log } from '../core/log.ts';
import { Paced } from '../core/paced.ts';
import { type ChangeObserver, ChangeTail } from './change-tail.ts';
import type { Event } from './events.ts';
import type { Following } from './followers.ts';
import { readPositions, requireReplayable } from './read-changes.ts';

/**
 * Interval at which the log is polled for changes that were not announced here, such as those of other processes,
 * milliseconds.
 */
const LOOK_INTERVAL_MS = 500;

/** Minimum interval between two polls, however often a missed message is reported, milliseconds. */
const LOOK_EVERY_MS = 100;

/** Which changes to follow, from which position, and where to deliver them. */
export interface Follow extends Following {
  readonly organizationId: string;
  /** The last sequence received. Null: only new changes. */
  readonly after: number | null;
}

/** How a node is notified of changes before it reads them. Only a hint. */
export interface ChangeHints {
  /** Committed changes, as far as they are announced on this node. */
  subscribe(listener: (event: Event) => void): () => void;
  /** Reports committed changes of any node. A null `organizationId`: of any organization. */
  onInvalidate(
    listener: (changed: { readonly organizationId: string | null; readonly last: number }) => void,
  ): () => void;
}

interface Held {
  readonly tail: ChangeTail;
  holders: number;
}

/** The single reader of the change log for all followers. Its cost depends on the number of organizations followed. */
export class ChangeLog {
  readonly #db: Kysely<Tables>;
  readonly #bus: ChangeHints;
  readonly #log: Log;
  readonly #held = new Map<string, Held>();
  readonly #looks = new Paced(LOOK_EVERY_MS, () => this.#look());
  #leaveBus: readonly (() => void)[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor({ db, bus, log }: { db: Kysely<Tables>; bus: ChangeHints; log: Log }) {
    this.#db = db;
    this.#bus = bus;
    this.#log = log;
  }

  start(): void {
    this.#leaveBus = [
      this.#bus.subscribe((event) => {
        if (event.type === 'change') this.#held.get(event.organizationId)?.tail.receive(event);
      }),
      this.#bus.onInvalidate(({ organizationId, last }) => {
        if (organizationId === null) this.#looks.ask();
        else this.#held.get(organizationId)?.tail.hint(last);
      }),
    ];
  }

  stop(): void {
    for (const leave of this.#leaveBus) leave();
    this.#stopTimer();
    this.#looks.stop();
  }

  /**
   * Follows an organization's changes: with `after`, first those missed, then new ones, each once and in order.
   * Resolves with a stop function when it is live. Rejects with CURSOR_INVALID or CURSOR_EXPIRED.
   */
  async follow({ organizationId, after, ...following }: Follow): Promise<() => void> {
    const { tail, release } = this.#hold(organizationId);
    try {
      if (after !== null) await requireReplayable(this.#db, organizationId, after);
      const leave = await tail.follow(after, following);
      return () => {
        leave();
        release();
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Notifies an observer of changes as soon as they are known, before any follower. Reads after this call are at least
   * as new as the notification, or another follows. Returns a stop function.
   */
  observe(organizationId: string, observer: ChangeObserver): () => void {
    const { tail, release } = this.#hold(organizationId);
    const leave = tail.observe(observer);
    // If the position can't be read, the next poll reads it.
    tail.open().catch(() => {});
    return () => {
      leave();
      release();
    };
  }

  /** How many organizations' logs are followed or observed. */
  get followed(): number {
    return this.#held.size;
  }

  async #look(): Promise<void> {
    try {
      const positions = await readPositions(this.#db, [...this.#held.keys()]);
      for (const [organizationId, position] of positions)
        this.#held.get(organizationId)?.tail.reach(position);
    } catch (error) {
      this.#log.warn('The change log could not be polled and will be retried', { error });
    }
  }

  #hold(organizationId: string): { tail: ChangeTail; release: () => void } {
    const held = this.#held.get(organizationId) ?? { tail: this.#tail(organizationId), holders: 0 };
    held.holders += 1;
    this.#held.set(organizationId, held);
    this.#timer ??= setInterval(() => this.#looks.ask(), LOOK_INTERVAL_MS).unref();
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      held.holders -= 1;
      if (held.holders === 0) this.#held.delete(organizationId);
      if (this.#held.size === 0) this.#stopTimer();
    };
    return { tail: held.tail, release };
  }

  #tail(organizationId: string): ChangeTail {
    return new ChangeTail(this.#db, organizationId, null, (error) =>
      this.#log.warn('The change log could not be read and will be retried', { organizationId, error }),
    );
  }

  #stopTimer(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }
}
