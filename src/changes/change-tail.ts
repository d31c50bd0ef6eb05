import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { AppError } from '../core/errors.ts';
import { Turns } from '../core/paced.ts';
import type { ChangeEvent } from './events.ts';
import { Followers, type Following } from './followers.ts';
import { CHANGES_PER_READ, readChanges, readPositions } from './read-changes.ts';

/** Watches an organization's changes for what depends on them: as soon as they are known, more than once if need be. */
export interface ChangeObserver {
  /** Takes a change: in any order, and possibly more than once. Must not throw. */
  changed(change: ChangeEvent): void;
  /** Anything may have changed until now, unnoticed. Must not throw. */
  reset(): void;
}

/** Most announced changes that wait for those before them; others are read from the log. */
const EARLY_MAX = 1_000;

/** After a read that found nothing, how long hints wait, milliseconds: they may be made up. */
const QUIET_MS = 100;

/**
 * The growing end of one organization's log. Announcements and hints may come late, twice, in another order, not at all
 * or untrue. Followers get every change once, in order: what is missing is read from the database.
 */
export class ChangeTail {
  readonly #db: Kysely<Tables>;
  readonly #organizationId: string;
  readonly #onFailure: (error: unknown) => void;
  readonly #followers: Followers;
  readonly #observers = new Set<ChangeObserver>();
  readonly #early = new Map<number, ChangeEvent>();
  /** The sequence up to which followers have everything, or are sent it; null: not read yet. */
  #position: number | null;
  #opening: Promise<void> | null = null;
  #reading: Promise<void> | null = null;
  /** The last change that somebody spoke of and that was not read for since; 0: none. */
  #hinted = 0;
  #isWaking = false;
  #quietUntil = 0;
  /** Of what is delivered without a rest; null: nothing yet. */
  #turns: Turns | null = null;
  #isResting = false;
  /** Whether announced changes were left to be read, and nothing was read since. */
  #isBehind = false;

  /** A tail whose followers start after `position`; null: after the last change when it is opened. */
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
    this.#followers = new Followers(db, organizationId, () => this.#position ?? 0, onFailure);
  }

  /** Resolves when its position is known. Rejects where that can't be read. */
  async open(): Promise<void> {
    if (this.#position !== null) return;
    this.#opening ??= readPositions(this.#db, [this.#organizationId])
      .then((positions) => this.reach(positions.get(this.#organizationId) ?? 0))
      .finally(() => {
        this.#opening = null;
      });
    await this.#opening;
  }

  /** Follows from after `after` on (null: from now on) once it is open, as `Followers.follow` does. */
  async follow(after: number | null, following: Following): Promise<() => void> {
    await this.open();
    return this.#followers.follow(after ?? this.#position ?? 0, following);
  }

  /** Watches the changes from now on; `reset` is called when the position becomes known. Returns how to stop. */
  observe(observer: ChangeObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Takes an announced change. */
  receive(change: ChangeEvent): void {
    const { sequence } = change;
    if (this.#position !== null && sequence <= this.#position) return;
    if (!this.#early.has(sequence)) this.#tellObservers(change);
    if (this.#isNext(change) && !this.#isResting) {
      this.#deliver(change);
      this.#deliverEarly();
    } else if (this.#early.size < EARLY_MAX) {
      this.#early.set(sequence, change);
    } else this.#isBehind = true;
    if (!this.#isResting) this.#catchUpIfNeeded();
  }

  /** Takes a hint that changes up to `last` are committed: they are read unless they are announced in this turn. */
  hint(last: number): void {
    if (this.#position !== null && last <= this.#position) return;
    this.#hinted = Math.max(this.#hinted, last);
    this.#wakeSoon();
  }

  /** Takes the sequence of the last change, as it was read from the database. */
  reach(position: number): void {
    if (this.#position === null) {
      this.#position = position;
      for (const observer of this.#observers) observer.reset();
      this.#deliverEarly();
      this.#catchUpIfNeeded();
      this.#wake();
    } else if (position > this.#position) this.#catchUp();
  }

  /** Reads and delivers what is in the log and was not announced. */
  #catchUp(): void {
    this.#reading ??= this.#read()
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#reading = null;
        if (this.#isBehind) this.#catchUp();
        else this.#wakeSoon();
      });
  }

  /** Numbers follow commits: whatever is missing below an announced one can be read by now. */
  #catchUpIfNeeded(): void {
    if (this.#position !== null && (this.#early.size > 0 || this.#isBehind)) this.#catchUp();
  }

  #wakeSoon(): void {
    if (this.#isWaking || this.#hinted === 0) return;
    this.#isWaking = true;
    const wake = (): void => {
      this.#isWaking = false;
      this.#wake();
    };
    const wait = this.#quietUntil - performance.now();
    if (wait > 0) setTimeout(wake, Math.ceil(wait)).unref();
    else setImmediate(wake);
  }

  /** Reads for a hint, unless what is under way does it, or says when it is over. */
  #wake(): void {
    if (this.#position === null || this.#reading || this.#isResting) return;
    const isMissing = this.#hinted > this.#position;
    this.#hinted = 0;
    if (isMissing) this.#catchUp();
  }

  async #read(): Promise<void> {
    const turns = new Turns();
    const start = this.#position;
    try {
      for (;;) {
        this.#isBehind = false;
        const changes = await readChanges(this.#db, this.#organizationId, this.#position ?? 0);
        for (const change of changes) {
          if (turns.isOver) await turns.rest();
          if (!this.#isNext(change)) continue;
          if (!this.#early.has(change.sequence)) this.#tellObservers(change);
          this.#deliver(change);
        }
        this.#deliverEarly();
        // A change that is announced and still can't be read is left to the next look at the log.
        if (changes.length === 0 || (changes.length < CHANGES_PER_READ && this.#early.size === 0)) return;
      }
    } finally {
      if (this.#position === start) this.#quietUntil = performance.now() + QUIET_MS;
    }
  }

  /** What is no longer kept can't be delivered later either: nobody may believe to have had everything. */
  #failed(error: unknown): void {
    if (!(error instanceof AppError)) return this.#onFailure(error);
    this.#position = null;
    this.#early.clear();
    this.#isBehind = false;
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
        this.#wakeSoon();
      });
    } else if (this.#turns.isOver) this.#isResting = true;
  }
}
