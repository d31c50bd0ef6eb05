import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const CONNECT_TIMEOUT_MS = 3_000;
const BACKOFF_MS = { first: 100, most: 5_000 };

/** What becomes of the connection, as it becomes. */
export interface Listening {
  /** It is new, and listens from now on: what was said before has passed unheard. */
  established(): void;
  /** It is gone, and tried again. */
  lost(error: unknown): void;
  heard(channel: string, text: string): void;
}

/** One connection to PostgreSQL that listens, and is made anew whenever it is lost, less and less often. */
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

  /** Runs a statement on it. Rejects where there is no connection, or where it is lost meanwhile. */
  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    if (!this.#current) throw new Error('The listening connection is not there');
    const { rows } = await this.#current.client.query<Row>(text, [...values]);
    return rows;
  }

  /** The process of the server that this connection is said to lead to; null where there is none. */
  get serverProcess(): number | null {
    return this.#current ? processOf(this.#current.client) : null;
  }

  /** Gives the connection up, also one on which nothing is answered any more. */
  drop(): void {
    this.#current?.socket.destroy();
  }

  /** Says that the connection does what it is for, so that after its loss the next is made soon. */
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
    // The socket is ours, so that it can be cut where the other side does not answer.
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
      // Not only once: what breaks a connection may be told twice, and nobody else listens.
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
    // Spread, so that nodes that lost the same server don't come back at once.
    await pause(longest * (0.5 + Math.random() / 2), undefined, { signal: this.#stopping.signal }).catch(
      () => {},
    );
  }
}

/** As the server said at the beginning; a pooler says what it likes, since no one process belongs to a client of it. */
function processOf(client: pg.Client): number | null {
  return (client as pg.Client & { readonly processID: number | null }).processID;
}
