import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { withMargin } from '../cluster/nodes.ts';
import type { Stale } from '../cluster/stale.ts';
import type { Log } from '../core/log.ts';
import { FORMS } from '../keys/import/imported-forms.ts';

interface Settings {
  readonly db: Kysely<Tables>;
  readonly log: Log;
  /** The longest lease of this server, milliseconds. */
  readonly leaseMs: number;
}

/**
 * What an embedded database says about leases of verifiers, for a server that starts after a crash and for commands
 * that change the database directly. The mark `idle` is there as long as no verifier can hold a lease, so an old copy
 * of the database doesn't claim that without reason.
 */
export class RecordedLeases {
  readonly #settings: Settings;
  /** Null: this process is not a server. */
  #waitUntil: number | null = null;
  #longestMs = 0;
  #writing: Promise<void> | null = null;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Starts as a server, before it listens. Rejects if the mark can't be removed. */
  async start(): Promise<void> {
    const { db, leaseMs } = this.#settings;
    const startedAt = performance.now();
    const row = await db.selectFrom('verifier_leases').selectAll().executeTakeFirst();
    const longestMs = row?.longest_ms ?? 0;
    this.#waitUntil = row?.idle === 1 ? startedAt : startedAt + withMargin(Math.max(longestMs, leaseMs));
    this.#longestMs = longestMs;
    await this.#write(0, longestMs);
  }

  /** Writes the mark if the leases of this server have ended, and those of an earlier one. */
  async stop(isReleased: boolean): Promise<void> {
    await this.#writing;
    if (this.#waitUntil === null || !isReleased || performance.now() < this.#waitUntil) return;
    await this.#write(1, this.#longestMs).catch((error: unknown) => {
      this.#settings.log.warn('It could not be recorded that there are no verifiers', { error });
    });
  }

  /** Whether a lease of this length may be granted. If not, calls `retry` when it may. */
  isRecorded(leaseMs: number, retry: () => void): boolean {
    if (leaseMs <= this.#longestMs) return true;
    this.#writing ??= this.#write(0, this.#settings.leaseMs)
      .then(() => {
        this.#longestMs = this.#settings.leaseMs;
        setImmediate(retry);
      })
      .catch((error: unknown) => {
        this.#settings.log.warn('The leases of verifiers could not be recorded', { error });
      })
      .finally(() => {
        this.#writing = null;
      });
    return false;
  }

  /**
   * Waits, after the commit of a change, until verifiers of other processes, which may have ended, can't rely on the
   * state before it. Null: they can't.
   */
  wait({ keyIds }: Stale): Promise<void> | null {
    if (keyIds?.every((id) => id === FORMS)) return null;
    if (this.#waitUntil === null) return this.#waitForServer();
    const milliseconds = this.#waitUntil - performance.now();
    return milliseconds > 0 ? pause(milliseconds) : null;
  }

  /** The mark is read after the commit: a server that grants its first lease later knows of the change. */
  async #waitForServer(): Promise<void> {
    const { db, leaseMs, log } = this.#settings;
    try {
      const row = await db.selectFrom('verifier_leases').selectAll().executeTakeFirst();
      if (row?.idle === 1 || row?.longest_ms === 0) return;
      await pause(withMargin(Math.max(row?.longest_ms ?? 0, leaseMs)));
    } catch (error) {
      log.warn('The leases of verifiers could not be read', { error });
      await pause(withMargin(leaseMs));
    }
  }

  async #write(idle: 0 | 1, longestMs: number): Promise<void> {
    const { db } = this.#settings;
    await db
      .insertInto('verifier_leases')
      .values({ id: 1, idle, longest_ms: longestMs })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ idle, longest_ms: longestMs }))
      .execute();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.ceil(milliseconds)));
}
