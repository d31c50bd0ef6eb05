import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { isBusy, type WindowLedger } from '../../db/sqlite/window-ledger.ts';

/** The file is considered stuck if no process has written to it for so long, or all of them were faster, milliseconds. */
const WAIT_MS = { stuck: 250, most: 2_000 };

/** The first attempts follow one another without pauses; later ones have pauses, milliseconds. */
const ATTEMPTS = { atOnce: 2, pauseMs: 1 };

/** How many calls one transaction makes: other processes and other requests wait for it. */
const BATCH_MAX = 200;

interface Waiting {
  /** Writes. Called again if its transaction fails. */
  readonly write: () => unknown;
  readonly instead: (error: unknown) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes to a ledger that other processes also write to, in the order of the calls. Calls of one turn of the event loop
 * share a transaction, because a commit costs more than a count. While another process holds the lock, all calls of this
 * process wait together, and its other work runs meanwhile.
 */
export class LedgerQueue {
  readonly #ledger: WindowLedger;
  #waiting: Waiting[] = [];
  #isAsking = false;

  constructor(ledger: WindowLedger) {
    this.#ledger = ledger;
  }

  /** Resolves with what `write` returns, or if it can't be written, with what `instead` makes of the error. */
  write<T>(write: () => T, instead: (error: unknown) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ write, instead, resolve: resolve as Waiting['resolve'], reject });
      if (!this.#isAsking) void this.#ask();
    });
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    while (this.#waiting.length > 0) await this.#writeNext();
    this.#isAsking = false;
  }

  /** Waits for the lock, and makes the first calls. If it can't be had, none of those that wait is made. */
  async #writeNext(): Promise<void> {
    const start = performance.now();
    let changed = start;
    for (let attempt = 0; ; attempt += 1) {
      // The calls that are made until then share the transaction.
      if (attempt === 0) await null;
      else await (attempt <= ATTEMPTS.atOnce ? turn() : pause(ATTEMPTS.pauseMs));
      const batch = this.#waiting.slice(0, BATCH_MAX);
      try {
        const values = this.#ledger.together(() => batch.map(({ write }) => write()));
        this.#waiting = this.#waiting.slice(batch.length);
        for (const [index, { resolve }] of batch.entries()) resolve(values[index]);
        return;
      } catch (error) {
        const now = performance.now();
        if (isBusy(error) && now - start < WAIT_MS.most) {
          if (this.#ledger.hasChanged()) changed = now;
          if (now - changed < WAIT_MS.stuck) continue;
        }
        this.#fail(error);
        return;
      }
    }
  }

  #fail(error: unknown): void {
    for (const { instead, resolve, reject } of this.#waiting.splice(0)) {
      try {
        resolve(instead(error));
      } catch (fault) {
        reject(fault);
      }
    }
  }
}
