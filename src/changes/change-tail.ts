import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { Turns } from '../core/paced.ts';
import type { ChangeEvent } from './events.ts';
import { Followers, type Following } from './followers.ts';
import { CHANGES_PER_READ, isExpired, readChanges, readPositions } from './read-changes.ts';

/** Observes an organization's changes as soon as they are known. */
export interface ChangeObserver {
  /** Receives a change, in any order and possibly more than once. Must not throw. */
  changed(change: ChangeEvent): void;
  /** Anything may have changed unnoticed. Must not throw. */
  reset(): void;
}

/** Maximum number of announced changes that wait for earlier ones. Others are read from the log. */
const EARLY_MAX = 1_000;

/** Delay after a read that found nothing, milliseconds: hints may be forged. */
const QUIET_MS = 100;

/**
 * The end of one organization's log. Announcements and hints may be late, duplicated, reordered, lost or forged.
 * Followers get every change once and in order: gaps are read from the database.
 */
export class ChangeTail {
  readonly #db: Kysely<Tables>;
  readonly #organizationId: string;
  readonly #onFailure: (error: unknown) => void;
  readonly #followers: Followers;
  readonly #observers = new Set<ChangeObserver>();
  readonly #early = new Map<number, ChangeEvent>();
  /** The sequence up to which followers have received, or are being sent, everything. Null: not read yet. */
  #position: number | null;
  #opening: Promise<void> | null = null;
  #isReading = false;
  /** The highest sequence reported by any source and not read since. */
  #wanted = 0;
  /** Everything up to this sequence was delivered. Null: nothing yet. */
  #turns: Turns | null = null;
  #isResting = false;

  /** A tail whose followers start after `position`. Null: after the last change at the time of opening. */
  constructor(
    db: Kysely<Tables>,
    organizationId: string,
    position: number | null,
    onFailure: (error: unknown) => void,
  ) {
    this.#db = db;
    this.#organizationId = organizationId;
    this.#position = position;
    this.#onFailure = onFailure;
    this.#followers = new Followers({ db, organizationId, onFailure, position: () => this.#position ?? 0 });
  }

  /** Resolves when the position is known. Rejects if it can't be read. */
  async open(): Promise<void> {
    if (this.#position !== null) return;
    this.#opening ??= readPositions(this.#db, [this.#organizationId])
      .then((positions) => this.reach(positions.get(this.#organizationId) ?? 0))
      .finally(() => {
        this.#opening = null;
      });
    await this.#opening;
  }

  /** Follows from after `after` (null: only new changes) once the tail is open, like `Followers.follow`. */
  async follow(after: number | null, following: Following): Promise<() => void> {
    await this.open();
    return this.#followers.follow(after ?? this.#position ?? 0, following);
  }

  /** Observes new changes. Calls `reset` when the position becomes known. Returns a stop function. */
  observe(observer: ChangeObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Receives an announced change. */
  receive(change: ChangeEvent): void {
    const { sequence } = change;
    if (this.#position !== null && sequence <= this.#position) return;
    if (!this.#early.has(sequence)) this.#tellObservers(change);
    if (this.#isNext(change) && !this.#isResting) {
      this.#deliver(change);
      this.#deliverEarly();
    } else {
      this.#wanted = Math.max(this.#wanted, sequence);
      if (this.#early.size < EARLY_MAX) this.#early.set(sequence, change);
      this.#catchUpIfNeeded();
    }
  }

  /** Receives a hint that changes up to `last` are committed. Reads them unless they are announced in this turn. */
  hint(last: number): void {
    if (this.#position !== null && last <= this.#position) return;
    this.#wanted = Math.max(this.#wanted, last);
    setImmediate(() => this.#catchUpIfNeeded());
  }

  /** Receives the sequence of the last change, as read from the database. */
  reach(position: number): void {
    if (this.#position === null) {
      this.#position = position;
      for (const observer of this.#observers) observer.reset();
      this.#deliverEarly();
    } else this.#wanted = Math.max(this.#wanted, position);
    this.#catchUpIfNeeded();
  }

  /** Sequences follow commits: everything below a committed one can be read. */
  #catchUpIfNeeded(): void {
    if (this.#position === null || this.#wanted <= this.#position || this.#isResting || this.#isReading)
      return;
    this.#isReading = true;
    void this.#catchUp(this.#position).finally(() => {
      this.#isReading = false;
      this.#catchUpIfNeeded();
    });
  }

  async #catchUp(start: number): Promise<void> {
    try {
      await this.#read();
    } catch (error) {
      this.#failed(error);
    }
    if (this.#position === start) await pause(QUIET_MS, undefined, { ref: false });
  }

  /** Reads and delivers changes in the log that were not announced. */
  async #read(): Promise<void> {
    const turns = new Turns();
    for (;;) {
      this.#wanted = 0;
      const changes = await readChanges(this.#db, this.#organizationId, this.#position ?? 0);
      for (const change of changes) {
        if (turns.isOver) await turns.rest();
        if (!this.#isNext(change)) continue;
        if (!this.#early.has(change.sequence)) this.#tellObservers(change);
        this.#deliver(change);
      }
      this.#deliverEarly();
      // An announced change that can't be read yet is left to the next poll.
      if (changes.length === 0 || (changes.length < CHANGES_PER_READ && this.#early.size === 0)) return;
    }
  }

  /** Pruned changes can never be delivered, so followers must not assume that they have received everything. */
  #failed(error: unknown): void {
    if (!isExpired(error)) return this.#onFailure(error);
    this.#position = null;
    this.#early.clear();
    this.#wanted = 0;
    this.#followers.fail(error);
    this.open().catch(this.#onFailure);
  }

  #deliverEarly(): void {
    const position = this.#position ?? 0;
    for (const sequence of this.#early.keys()) if (sequence <= position) this.#early.delete(sequence);
    while (!this.#isResting && this.#position !== null) {
      const next = this.#early.get(this.#position + 1);
      if (!next) return;
      this.#early.delete(next.sequence);
      this.#deliver(next);
    }
  }

  #deliver(change: ChangeEvent): void {
    this.#position = change.sequence;
    this.#followers.deliver(change);
    this.#restSometimes();
  }

  #tellObservers(change: ChangeEvent): void {
    for (const observer of this.#observers) observer.changed(change);
  }

  #isNext({ sequence }: ChangeEvent): boolean {
    return this.#position !== null && sequence === this.#position + 1;
  }

  /** Yields between batches, so that a large burst doesn't block the event loop. */
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
