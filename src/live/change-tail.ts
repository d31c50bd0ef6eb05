import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { AppError } from '../core/errors.ts';
import type { ChangeEvent } from '../events/events.ts';
import { CHANGES_PER_READ, readChanges } from './change-log.ts';
import { Routes } from './routes.ts';

/** Which changes somebody follows, and how. */
export interface Following {
  /** Null: of all keys. */
  readonly keyIds: readonly string[] | null;
  readonly receive: (change: ChangeEvent) => void;
  /** Resolves when more can be taken, while it replays. */
  readonly ready: () => Promise<void>;
  /** Whether nobody wants it any more. */
  readonly stopped: () => boolean;
  /** Called where it can't go on without a gap. */
  readonly failed: (error: AppError) => void;
}

interface Follower extends Following {
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
  readonly #followers = new Set<Follower>();
  readonly #routes = new Routes<Follower>();
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
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#reading = null;
      });
  }

  /**
   * Follows from after `after` on. While it replays, it gets what is in the log, each as soon as it is ready for it;
   * then, without a gap, what comes. Resolves once it is live, with how to stop; or as soon as `stopped` says so.
   */
  async follow(after: number, following: Following): Promise<() => void> {
    const { keyIds, receive, ready, stopped } = following;
    const wanted = keyIds && new Set(keyIds);
    let at = after;
    // Nothing may be awaited between this comparison and the adding below: that is the hand-over.
    while (at < this.#position && !stopped()) {
      const changes = await readChanges(this.#db, this.organizationId, at);
      if (changes.length === 0) throw new AppError('CURSOR_EXPIRED', 'These changes are kept no more');
      for (const change of changes) {
        if (stopped()) break;
        at = change.sequence;
        if (wanted && !wanted.has(change.targetId)) continue;
        receive(change);
        await ready();
      }
      await ready();
    }
    if (stopped()) return () => {};
    const follower = { ...following, at };
    this.#followers.add(follower);
    const leave = this.#routes.add(this.organizationId, keyIds, follower);
    return () => {
      this.#followers.delete(follower);
      leave();
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

  #failed(error: unknown): void {
    // What is kept no more can't be delivered later either: nobody may believe to have had everything.
    if (!(error instanceof AppError)) return this.#onFailure(error);
    for (const follower of [...this.#followers]) follower.failed(error);
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
    this.#routes.visit(this.organizationId, change.targetId, (follower) => {
      if (change.sequence > follower.at) follower.receive(change);
    });
  }
}
