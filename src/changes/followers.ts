import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { AppError } from '../core/errors.ts';
import type { ChangeEvent } from './events.ts';
import { isExpired, readChanges } from './read-changes.ts';
import type { Receiver } from './receiver.ts';
import { RecentChanges } from './recent-changes.ts';
import { TopicIndex } from './topic-index.ts';

/** Which changes to follow, and where to deliver them. */
export interface Following extends Receiver<ChangeEvent> {
  /** Null: changes of all keys. */
  readonly keyIds: readonly string[] | null;
}

interface Follower extends Following {
  readonly wanted: ReadonlySet<string> | null;
  /** The last sequence that it has received, or doesn't need. */
  at: number;
  /** Null while it replays. */
  leave: (() => void) | null;
}

/** The followed keys and the receiver. */
interface Tail {
  readonly db: Kysely<Tables>;
  readonly organizationId: string;
  /** The sequence of the last change that was delivered. */
  position(): number;
  onFailure(error: unknown): void;
}

/** Delay between two attempts to read the log for a follower that has fallen behind, milliseconds. */
const RETRY_MS = 1_000;

/**
 * The followers of one organization's changes. Each replays the log at its own pace until it catches up, and then gets
 * each change as it is delivered. One that applies back pressure replays again.
 */
export class Followers {
  readonly #tail: Tail;
  readonly #all = new Set<Follower>();
  readonly #live = new TopicIndex<Follower>();
  #recent = new RecentChanges();

  constructor(tail: Tail) {
    this.#tail = tail;
  }

  /** Delivers the next change to live followers. */
  deliver(change: ChangeEvent): void {
    this.#recent.add(change);
    this.#live.visit(this.#tail.organizationId, change.targetId, (follower) => {
      if (change.sequence <= follower.at) return;
      if (follower.full()) this.#fallBehind(follower, change);
      else follower.receive(change);
    });
  }

  /**
   * Follows changes after `after`. Replays the log in chunks as the receiver accepts them, then delivers new changes
   * without a gap. Resolves with a stop function once it is live, or as soon as `stopped` returns true.
   */
  async follow(after: number, following: Following): Promise<() => void> {
    const { keyIds } = following;
    const follower: Follower = { ...following, wanted: keyIds && new Set(keyIds), at: after, leave: null };
    this.#all.add(follower);
    try {
      await this.#replay(follower);
    } catch (error) {
      this.#leave(follower);
      throw error;
    }
    return () => this.#leave(follower);
  }

  /** Ends all followers: they can't get every change. The next delivered change may have any sequence. */
  fail(error: AppError): void {
    this.#recent = new RecentChanges();
    for (const follower of [...this.#all]) {
      this.#leave(follower);
      follower.failed(error);
    }
  }

  /** Resolves when it is live or stopped. */
  async #replay(follower: Follower): Promise<void> {
    const isOver = (): boolean => follower.stopped() || !this.#all.has(follower);
    const leaveRecent = this.#recent.enter();
    try {
      // No await between this comparison and the insertion below, or a change could be lost at the hand-over.
      while (follower.at < this.#tail.position() && !isOver()) {
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
      if (!isOver()) follower.leave = this.#live.add(this.#tail.organizationId, follower.keyIds, follower);
    } finally {
      leaveRecent();
    }
  }

  async #changesAfter(sequence: number): Promise<readonly ChangeEvent[]> {
    const recent = this.#recent.after(sequence);
    if (recent) return recent;
    const changes = await readChanges(this.#tail.db, this.#tail.organizationId, sequence);
    if (changes.length === 0)
      throw new AppError('CURSOR_EXPIRED', 'These changes are no longer stored: reload the keys');
    return changes;
  }

  /** Replays from this change on, which was not delivered. */
  #fallBehind(follower: Follower, change: ChangeEvent): void {
    follower.leave?.();
    follower.leave = null;
    follower.at = change.sequence - 1;
    void this.#catchUpWith(follower);
  }

  async #catchUpWith(follower: Follower): Promise<void> {
    while (!follower.stopped() && this.#all.has(follower)) {
      try {
        return await this.#replay(follower);
      } catch (error) {
        if (!this.#all.has(follower)) return;
        if (isExpired(error)) return follower.failed(error);
        this.#tail.onFailure(error);
        await pause(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  #leave(follower: Follower): void {
    this.#all.delete(follower);
    follower.leave?.();
    follower.leave = null;
  }
}
