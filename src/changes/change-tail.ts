import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { AppError } from '../core/errors.ts';
import { Turns } from '../core/paced.ts';
import { CHANGES_PER_READ, readChanges } from './change-log.ts';
import type { ChangeEvent } from './events.ts';
import type { Receiver } from './receiver.ts';
import { RecentChanges } from './recent-changes.ts';
import { TopicIndex } from './topic-index.ts';

/** Which changes somebody follows, and how. */
export interface Following extends Receiver<ChangeEvent> {
  /** Null: of all keys. */
  readonly keyIds: readonly string[] | null;
}

interface Follower extends Following {
  readonly wanted: ReadonlySet<string> | null;
  /** The last sequence that it has, or needs not have. */
  at: number;
  /** Null while it replays. */
  leave: (() => void) | null;
}

/** Most announced changes that wait for those before them; others are read from the log. */
const EARLY_MAX = 1_000;

/** Between two tries to read the log for somebody who has fallen behind, milliseconds. */
const RETRY_MS = 1_000;

/**
 * The growing end of one organization's log. Announcements are hints: they may come late, twice, in another order or
 * not at all. Followers get every change once, in order: what is missing is read from the database. Who takes no more for
 * a while gets the rest as it got the past, at its own pace, and then again what comes.
 */
export class ChangeTail {
  readonly organizationId: string;
  readonly #db: Kysely<Tables>;
  readonly #onFailure: (error: unknown) => void;
  readonly #followers = new Set<Follower>();
  readonly #followersByKey = new TopicIndex<Follower>();
  readonly #early = new Map<number, ChangeEvent>();
  readonly #recent = new RecentChanges();
  #position: number;
  #reading: Promise<void> | null = null;
  /** Of what is delivered without a rest; null: nothing yet. */
  #turns: Turns | null = null;
  #isResting = false;
  /** Whether announced changes were left to be read, and nothing was read since. */
  #isBehind = false;

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

  /** The sequence up to which followers have everything, or are sent it. */
  get position(): number {
    return this.#position;
  }

  /** Takes an announced change. */
  receive(change: ChangeEvent): void {
    if (change.sequence <= this.#position) return;
    if (change.sequence === this.#position + 1 && !this.#isResting) {
      this.#deliver(change);
      this.#deliverEarly();
    } else if (this.#early.size < EARLY_MAX) {
      this.#early.set(change.sequence, change);
    } else this.#isBehind = true;
    if (!this.#isResting) this.#catchUpIfNeeded();
  }

  /** Reads and delivers what is in the log and was not announced. */
  catchUp(): void {
    this.#reading ??= this.#read()
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#reading = null;
        if (this.#isBehind) this.catchUp();
      });
  }

  /** Numbers follow commits: whatever is missing below an announced one can be read by now. */
  #catchUpIfNeeded(): void {
    if (this.#early.size > 0 || this.#isBehind) this.catchUp();
  }

  /**
   * Follows from after `after` on. While it replays, it gets what is in the log, as much at a time as it is ready for;
   * then, without a gap, what comes. Resolves once it is live, with how to stop; or as soon as `stopped` says so.
   */
  async follow(after: number, following: Following): Promise<() => void> {
    const { keyIds } = following;
    const follower: Follower = { ...following, wanted: keyIds && new Set(keyIds), at: after, leave: null };
    this.#followers.add(follower);
    try {
      await this.#replay(follower);
    } catch (error) {
      this.#leave(follower);
      throw error;
    }
    return () => this.#leave(follower);
  }

  /** Resolves when it is live, or is followed no more. */
  async #replay(follower: Follower): Promise<void> {
    const isOver = (): boolean => follower.stopped() || !this.#followers.has(follower);
    const leaveRecent = this.#recent.enter();
    try {
      // Nothing may be awaited between this comparison and the routing below: that is the hand-over.
      while (follower.at < this.#position && !isOver()) {
        let room = await follower.ready();
        if (isOver()) return;
        for (const change of await this.#changesAfter(follower.at)) {
          if (isOver()) return;
          follower.at = change.sequence;
          if (follower.wanted && !follower.wanted.has(change.targetId)) continue;
          follower.receive(change);
          room -= 1;
          if (room <= 0) room = await follower.ready();
        }
      }
      if (!isOver())
        follower.leave = this.#followersByKey.add(this.organizationId, follower.keyIds, follower);
    } finally {
      leaveRecent();
    }
  }

  async #changesAfter(sequence: number): Promise<readonly ChangeEvent[]> {
    const recent = this.#recent.after(sequence);
    if (recent) return recent;
    const changes = await readChanges(this.#db, this.organizationId, sequence);
    if (changes.length === 0) throw new AppError('CURSOR_EXPIRED', 'These changes are kept no more');
    return changes;
  }

  /** Goes on with the past, from this change on: it was not delivered. */
  #fallBehind(follower: Follower, change: ChangeEvent): void {
    follower.leave?.();
    follower.leave = null;
    follower.at = change.sequence - 1;
    void this.#catchUpWith(follower);
  }

  async #catchUpWith(follower: Follower): Promise<void> {
    while (!follower.stopped() && this.#followers.has(follower)) {
      try {
        return await this.#replay(follower);
      } catch (error) {
        if (!this.#followers.has(follower)) return;
        if (error instanceof AppError && error.code === 'CURSOR_EXPIRED') return follower.failed(error);
        this.#onFailure(error);
        await pause(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  #leave(follower: Follower): void {
    this.#followers.delete(follower);
    follower.leave?.();
    follower.leave = null;
  }

  async #read(): Promise<void> {
    const turns = new Turns();
    for (;;) {
      this.#isBehind = false;
      const changes = await readChanges(this.#db, this.organizationId, this.#position);
      for (const change of changes) {
        if (turns.isOver) await turns.rest();
        if (change.sequence === this.#position + 1) this.#deliver(change);
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
    while (!this.#isResting) {
      const next = this.#early.get(this.#position + 1);
      if (!next) return;
      this.#early.delete(next.sequence);
      this.#deliver(next);
    }
  }

  #deliver(change: ChangeEvent): void {
    this.#position = change.sequence;
    this.#recent.add(change);
    this.#followersByKey.visit(this.organizationId, change.targetId, (follower) => {
      if (change.sequence <= follower.at) return;
      if (follower.full()) this.#fallBehind(follower, change);
      else follower.receive(change);
    });
    this.#restSometimes();
  }

  /** Many changes may be announced at once: everything else has its turn before they are all delivered. */
  #restSometimes(): void {
    if (!this.#turns) {
      this.#turns = new Turns();
      setImmediate(() => {
        this.#turns = null;
        if (!this.#isResting) return;
        this.#isResting = false;
        this.#deliverEarly();
        this.#catchUpIfNeeded();
      });
    } else if (this.#turns.isOver) this.#isResting = true;
  }
}
