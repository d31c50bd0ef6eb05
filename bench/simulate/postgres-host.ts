import type { Connection } from './connection.ts';
import type { Change, Database } from './database.ts';
import type { PostgresServer } from './postgres-server.ts';
import { Process } from './process.ts';
import type { World } from './world.ts';

interface Listener {
  readonly server: PostgresServer;
  readonly connection: Connection;
}

/** PostgreSQL: sends notifications to every listening connection, in the order of commits. */
export class PostgresHost extends Process {
  readonly database: Database;
  readonly #listeners = new Map<string, Listener>();
  /** Confirmations that came before the server that made the change knew of its commit. */
  readonly #early = new Map<Change, Map<string, Set<string>>>();

  constructor(world: World, database: Database) {
    super(world, 0);
    this.database = database;
  }

  listen(id: string, server: PostgresServer, connection: Connection): void {
    this.#listeners.set(id, { server, connection });
  }

  forget(id: string): void {
    this.#listeners.delete(id);
  }

  announce(from: string, change: Change): void {
    for (const { server, connection } of this.#listeners.values())
      connection.send('server', () => server.heard(from, change));
  }

  confirm(to: string, from: string, change: Change): void {
    this.#earlyOf(to, change).add(from);
    const listener = this.#listeners.get(to);
    listener?.connection.send('server', () => listener.server.confirmed(from, change));
  }

  /** Those whose confirmations of a change have reached, or are on their way to, a server. */
  confirmedEarly(to: string, change: Change): Set<string> {
    return new Set(this.#earlyOf(to, change));
  }

  #earlyOf(to: string, change: Change): Set<string> {
    const byServer = this.#early.get(change) ?? new Map<string, Set<string>>();
    this.#early.set(change, byServer);
    const known = byServer.get(to) ?? new Set();
    byServer.set(to, known);
    return known;
  }
}
