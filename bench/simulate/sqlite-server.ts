import type { Change, Row } from './database.ts';
import { Process } from './process.ts';
import { Server } from './server.ts';

/** The only server of a SQLite database, next to commands that change it directly. */
export class SqliteServer extends Server {
  /** Changes up to this one were heard. */
  #heard = 0;
  #answersFrom = 0;

  start(): void {
    this.revive();
    this.#heard = this.database.sequence;
    const { longestLeaseMs } = this.database;
    // Without the mark.
    const waits = longestLeaseMs !== null && this.setup.rules.restartWaits;
    const longest = Math.max(longestLeaseMs ?? 0, this.setup.leaseMs);
    this.#answersFrom = this.monotonic() + (waits ? this.withMargin(longest) : 0);
    this.database.longestLeaseMs = longest;
    this.started();
  }

  /** Ends it as an operator does. */
  stop(done: () => void): void {
    const end = (): void => {
      // Writes the mark, unless leases of a server that was killed before may still run.
      if (this.monotonic() >= this.#answersFrom || !this.setup.rules.markWaitsForStart)
        this.database.longestLeaseMs = null;
      this.kill();
      done();
    };
    this.endStreams(this.setup.rules.signOffLast ? end : () => {});
    if (!this.setup.rules.signOffLast) end();
  }

  remainingMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  catchUp(): void {
    for (const change of this.database.changes.slice(this.#heard)) this.hear(change);
    this.#heard = this.database.sequence;
  }

  record(leaseMs: number): void {
    this.database.longestLeaseMs = Math.max(this.database.longestLeaseMs ?? 0, leaseMs);
  }

  change(key: number | null, repeated: Change | null, answered: (change: Change) => void): void {
    if (this.setup.rules.catchUp) this.catchUp();
    const change = repeated ?? this.database.commit(key);
    this.#heard = this.database.sequence;
    if (repeated && !this.setup.rules.repeatsWait) return answered(change);
    this.hear(change, () => {
      this.timer(Math.max(0, this.#answersFrom - this.monotonic()), () => answered(change));
    });
  }

  read(keys: readonly number[], done: (rows: readonly Row[]) => void): void {
    done(keys.map((key) => this.database.read(key)));
  }
}

/** A command that changes the database directly, and ends when nobody relies on the state before. */
export function runCommand(
  server: SqliteServer,
  key: number | null,
  answered: (change: Change) => void,
): void {
  const { database, setup, world } = server;
  const command = new Process(world, setup.drift);
  const change = database.commit(key);
  const { longestLeaseMs } = database;
  const waits = longestLeaseMs !== null && setup.rules.commandsWait;
  command.timer(waits ? server.withMargin(longestLeaseMs) : 0, () => answered(change));
}
