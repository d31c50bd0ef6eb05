import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { AppError } from '../core/errors.ts';
import type { ChangeEvent } from '../events/events.ts';
import { CHANGES_PER_READ, readChanges } from './change-log.ts';
import { Routes } from './routes.ts';

interface Follower {
  readonly receive: (change: ChangeEvent) => void;
  /** The last sequence that it had when it came. */
  readonly at: number;
}

/**
 * The growing end of one organization's log. Announcements are hints: they may come late, twice, in another order or
 * not at all. Followers get every change once, in order: what is missing is read from the database.
 */
export class ChangeTail {
  readonly organizationId: string;
  readonly #db: Kysely<Tables>;
  readonly #onFailure: (error: unknown) => void;
  readonly #followers = new Routes<Follower>();
  #count = 0;
  readonly #early = new Map<number, ChangeEvent>();
  #position: number;
  #reading: Promise<void> | null = null;

  /** A tail whose followers start after `position`. */
  constructor(
    db: Kysely<Tables>,
    organizationId: string,
    position: number,
    onFailure: (error: unknown) => void,
  ) {
    this.#db = db;
    this.organizationId = organizationId;
    this.#position = position;
    this.#onFailure = onFailure;
  }

  /** The sequence up to which followers have everything. */
  get position(): number {
    return this.#position;
  }

  get followers(): number {
    return this.#count;
  }

  /** Takes an announced change. */
  receive(change: ChangeEvent): void {
    if (change.sequence <= this.#position) return;
    if (change.sequence === this.#position + 1) {
      this.#deliver(change);
      this.#deliverEarly();
    } else {
      this.#early.set(change.sequence, change);
    }
    // Numbers follow commits: whatever is missing below an announced one can be read by now.
    if (this.#early.size > 0) this.catchUp();
  }

  /** Reads and delivers what is in the log and was not announced. */
  catchUp(): void {
    this.#reading ??= this.#read()
      .catch(this.#onFailure)
      .finally(() => {
        this.#reading = null;
      });
  }

  /**
   * Follows the changes of some keys (null: of all) from after `after` on. While it replays, `receive` gets what is in the log; then, without a gap, what comes.
   * Between two reads it waits for `ready`, so that a slow receiver isn't overrun. Resolves once it is live, with how to
   * stop; or as soon as `stopped` says so.
   */
  async follow(
    after: number,
    keyIds: readonly string[] | null,
    receive: (change: ChangeEvent) => void,
    ready: () => Promise<void>,
    stopped: () => boolean,
  ): Promise<() => void> {
    let at = after;
    // Nothing may be awaited between this comparison and the adding below: that is the hand-over.
    while (at < this.#position && !stopped()) {
      const changes = await readChanges(this.#db, this.organizationId, at);
      if (changes.length === 0) throw new AppError('CURSOR_EXPIRED', 'These changes are kept no more');
      for (const change of changes) {
        if (stopped()) break;
        if (!keyIds || keyIds.includes(change.targetId)) receive(change);
        at = change.sequence;
      }
      if (at < this.#position) await ready();
    }
    if (stopped()) return () => {};
    const leave = this.#followers.add(this.organizationId, keyIds, { receive, at });
    this.#count += 1;
    return () => {
      leave();
      this.#count -= 1;
    };
  }

  async #read(): Promise<void> {
    for (;;) {
      const changes = await readChanges(this.#db, this.organizationId, this.#position);
      for (const change of changes) {
        if (change.sequence > this.#position) this.#deliver(change);
      }
      this.#deliverEarly();
      // A change that is announced and still can't be read is left to the next look at the log.
      if (changes.length === 0 || (changes.length < CHANGES_PER_READ && this.#early.size === 0)) return;
    }
  }

  #deliverEarly(): void {
    for (const sequence of this.#early.keys()) if (sequence <= this.#position) this.#early.delete(sequence);
    for (;;) {
      const next = this.#early.get(this.#position + 1);
      if (!next) return;
      this.#early.delete(next.sequence);
      this.#deliver(next);
    }
  }

  #deliver(change: ChangeEvent): void {
    this.#position = change.sequence;
    this.#followers.visit(this.organizationId, change.targetId, (follower) => {
      if (change.sequence > follower.at) follower.receive(change);
    });
  }
}
