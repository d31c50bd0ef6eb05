import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Tables } from '../../db/tables.ts';
import type { ChangeEvent } from './events.ts';
import { CHANGES_PER_READ, readNewestChanges } from './read-changes.ts';

/** How often a failed read is tried again before it is left to those who look at the log themselves. */
const TRIES = 5;
const RETRY_MS = 200;

/** Organizations read at once, those that wait for it, and those of which it is known what was passed on. */
const READERS = 4;
const WAITING_MAX = 10_000;
const KNOWN_MAX = 1_000;

/** The last changes of an organization that a notification can have passed on, and that are not passed on again. */
const RECENT = 1_000;

/** Rows that one reader passes on in a millisecond: so much is read however often somebody says that it has changed. */
const ROWS_PER_MS = 20;

interface Wanted {
  readonly first: number;
  readonly last: number;
  readonly failures: number;
}

/**
 * Reads from the log what other nodes said that they changed: of each organization in order, one read at a time. What
 * was said may be made up. So it can have recent changes read, each of which is passed on once; where something is not
 * passed on, those who follow the log notice the gap, or look themselves.
 */
export class RemoteChanges {
  readonly #db: Kysely<Tables>;
  readonly #receive: (change: ChangeEvent) => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #wanted = new Map<string, Wanted>();
  readonly #reading = new Set<string>();
  readonly #passed = new LRUCache<string, Set<number>>({ max: KNOWN_MAX });

  constructor(
    db: Kysely<Tables>,
    receive: (change: ChangeEvent) => void,
    onFailure: (error: unknown) => void,
  ) {
    this.#db = db;
    this.#receive = receive;
    this.#onFailure = onFailure;
  }

  /** Has the changes from `first` to `last` read and passed on, with others that are wanted by then. */
  want(organizationId: string, first: number, last: number): void {
    this.#add(organizationId, { first, last, failures: 0 });
    this.#next();
  }

  /** How many organizations wait. */
  get waiting(): number {
    return this.#wanted.size;
  }

  #add(organizationId: string, { first, last, failures }: Wanted): void {
    const known = this.#wanted.get(organizationId);
    if (!known && this.#wanted.size >= WAITING_MAX) return;
    this.#wanted.set(organizationId, {
      first: Math.min(first, known?.first ?? first),
      last: Math.max(last, known?.last ?? last),
      failures: Math.max(failures, known?.failures ?? 0),
    });
  }

  #next(): void {
    for (const [organizationId, wanted] of this.#wanted) {
      if (this.#reading.size >= READERS) return;
      if (this.#reading.has(organizationId)) continue;
      this.#wanted.delete(organizationId);
      this.#reading.add(organizationId);
      void this.#read(organizationId, wanted).finally(() => {
        this.#reading.delete(organizationId);
        this.#next();
      });
    }
  }

  async #read(organizationId: string, wanted: Wanted): Promise<void> {
    try {
      const rows = await this.#pass(organizationId, wanted);
      if (rows > 0) await pause(rows / ROWS_PER_MS, undefined, { ref: false });
    } catch (error) {
      const failures = wanted.failures + 1;
      if (failures === TRIES) this.#onFailure(error);
      else this.#add(organizationId, { ...wanted, failures });
      await pause(RETRY_MS, undefined, { ref: false });
    }
  }

  /** Gives how many rows were read. */
  async #pass(organizationId: string, { first, last }: Wanted): Promise<number> {
    const passed = this.#passed.get(organizationId) ?? new Set<number>();
    if (last - first < CHANGES_PER_READ && isWithin(passed, first, last)) return 0;
    const changes = await readNewestChanges(this.#db, organizationId, { first, last, recent: RECENT });
    const newest = changes.at(-1)?.sequence;
    if (newest === undefined) return 0;
    for (const change of changes) {
      if (passed.has(change.sequence)) continue;
      passed.add(change.sequence);
      this.#receive(change);
    }
    for (const sequence of passed) if (sequence <= newest - RECENT) passed.delete(sequence);
    this.#passed.set(organizationId, passed);
    return changes.length;
  }
}

function isWithin(passed: ReadonlySet<number>, first: number, last: number): boolean {
  for (let sequence = first; sequence <= last; sequence += 1) if (!passed.has(sequence)) return false;
  return true;
}
