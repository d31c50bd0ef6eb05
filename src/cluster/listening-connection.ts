import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const CONNECT_TIMEOUT_MS = 3_000;
const BACKOFF_MS = { first: 100, most: 5_000 };

/** State changes of the connection. */
export interface Listening {
  /** A new connection is listening. Earlier messages were missed. */
  established(): void;
  /** The connection is lost, and is being reopened. */
  lost(error: unknown): void;
  heard(channel: string, text: string): void;
}

/** One listening connection to PostgreSQL, reopened with backoff whenever it is lost. */
export class ListeningConnection {
  readonly #url: string;
  readonly #channels: readonly string[];
  readonly #listening: Listening;
  readonly #stopping = new AbortController();
  #current: { client: pg.Client; socket: Socket } | null = null;
  #failures = 0;
  #running: Promise<void> | null = null;

  constructor(url: string, channels: readonly string[], listening: Listening) {
    this.#url = url;
    this.#channels = channels;
    this.#listening = listening;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.drop();
    await this.#running;
  }

  /** Runs a statement on it. Rejects if there is no connection or it is lost in the meantime. */
  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    if (!this.#current) throw new Error('The listening connection is not open');
    const { rows } = await this.#current.client.query<Row>(text, [...values]);
    return rows;
  }

  /** The server process that this connection reports, or null. */
  get serverProcess(): number | null {
    return this.#current ? processOf(this.#current.client) : null;
  }

  /** Closes the connection, even if it no longer responds. */
  drop(): void {
    this.#current?.socket.destroy();
  }

  /** Reports that the connection works, which resets the backoff. */
  proven(): void {
    this.#failures = 0;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#session();
      } catch (error) {
        if (!this.#stopping.signal.aborted) this.#listening.lost(error);
      }
      await this.#backOff();
    }
  }

  async #session(): Promise<void> {
    // An own socket, so that it can be destroyed if the server does not respond.
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: 'keywright listener',
      keepAlive: true,
      pipeline: true,
      stream: () => socket,
    });
    const ended = new Promise<never>((_, reject) => {
      // Not `once`: an error may be emitted twice, and there is no other listener.
      client.on('error', reject);
      client.once('end', () => reject(new Error('The listening connection was closed')));
    });
    ended.catch(() => {});
    this.#current = { client, socket };
    try {
      client.on('notification', ({ channel, payload }) => this.#listening.heard(channel, payload ?? ''));
      await Promise.race([client.connect(), ended]);
      if (this.#stopping.signal.aborted) return;
      const listen = this.#channels.map((channel) => `listen ${pg.escapeIdentifier(channel)}`).join('; ');
      await Promise.race([client.query(`set synchronous_commit = off; ${listen}`), ended]);
      this.#listening.established();
      await ended;
    } finally {
      this.#current = null;
      socket.destroy();
    }
  }

  async #backOff(): Promise<void> {
    const { first, most } = BACKOFF_MS;
    const longest = Math.min(most, first * 2 ** this.#failures);
    this.#failures += 1;
    // Jittered, so that nodes that lost the same server don't all reconnect at once.
    await pause(longest * (0.5 + Math.random() / 2), undefined, { signal: this.#stopping.signal }).catch(
      () => {},
    );
  }
}

/**
 * As reported by the server at connection start. A pooler may report anything: its clients have no single server
 * process.
 */
function processOf(client: pg.Client): number | null {
  return (client as pg.Client & { readonly processID: number | null }).processID;
}
