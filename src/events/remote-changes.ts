import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { ChangeEvent } from './events.ts';
import { readChanges } from './read-changes.ts';

/** How often a failed read is tried again before it is left to those who look at the log themselves. */
const TRIES = 5;
const RETRY_MS = 200;

interface Wanted {
  from: number;
  to: number;
}

/** Reads from the log what other nodes said that they changed: of each organization in order, one read at a time. */
export class RemoteChanges {
  readonly #db: Kysely<Tables>;
  readonly #receive: (change: ChangeEvent) => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #wanted = new Map<string, Wanted>();
  readonly #reading = new Set<string>();

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
    const known = this.#wanted.get(organizationId);
    const from = Math.min(first, known?.from ?? first);
    this.#wanted.set(organizationId, { from, to: Math.max(last, known?.to ?? last) });
    if (!this.#reading.has(organizationId)) void this.#read(organizationId);
  }

  async #read(organizationId: string): Promise<void> {
    this.#reading.add(organizationId);
    for (let failures = 0; failures < TRIES; ) {
      const wanted = this.#wanted.get(organizationId);
      if (!wanted) break;
      this.#wanted.delete(organizationId);
      try {
        await this.#pass(organizationId, wanted);
      } catch (error) {
        failures += 1;
        if (failures === TRIES) this.#onFailure(error);
        else this.#wanted.set(organizationId, merge(wanted, this.#wanted.get(organizationId)));
        await pause(RETRY_MS, undefined, { ref: false });
      }
    }
    this.#reading.delete(organizationId);
  }

  async #pass(organizationId: string, { from, to }: Wanted): Promise<void> {
    for (let after = from - 1; after < to; ) {
      const changes = await readChanges(this.#db, organizationId, after);
      // Of those after it, word is still to come.
      for (const change of changes) if (change.sequence <= to) this.#receive(change);
      const last = changes.at(-1)?.sequence;
      if (last === undefined) return;
      after = last;
    }
  }
}

function merge(one: Wanted, other: Wanted | undefined): Wanted {
  return { from: Math.min(one.from, other?.from ?? one.from), to: Math.max(one.to, other?.to ?? one.to) };
}
