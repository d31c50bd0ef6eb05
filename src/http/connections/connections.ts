import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpLimits } from '../../core/config/http-limits.ts';
import { isInNetworks, type Network, normalAddress } from '../../core/ip.ts';
import { AddressCounts } from './address-counts.ts';
import { ByteLedger, type Holder } from './byte-ledger.ts';

/** Minimum bytes that a client must read between two checks, unless it has read everything. */
const PACE_MIN = 65_536;

const NOTHING = (): number => 0;

const TOO_MANY =
  'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** Counters of connections, for metrics and tests. */
export interface ConnectionCounts {
  readonly open: number;
  /** Connections rejected because of a connection limit. */
  readonly rejected: number;
  /** Bytes buffered for clients that have not read them yet. */
  readonly unsentBytes: number;
  /** Bytes of request bodies and messages that are not complete. */
  readonly unreadBytes: number;
  /** Connections and requests closed because too many bytes were buffered or a client read too little. */
  readonly cut: number;
}

/** All connections of the server: their number and the bytes buffered for them. */
export class Connections {
  /** Bytes of incomplete requests. */
  readonly unread: ByteLedger;
  readonly #unsent: ByteLedger;
  readonly #limits: HttpLimits;
  readonly #trustedProxies: readonly Network[];
  readonly #open = new Map<Duplex, OpenConnection>();
  readonly #byAddress: AddressCounts;
  #timer: NodeJS.Timeout | null = null;
  #rejected = 0;
  #stalled = 0;

  constructor(limits: HttpLimits, trustedProxies: readonly Network[]) {
    this.#limits = limits;
    this.#trustedProxies = trustedProxies;
    this.#byAddress = new AddressCounts(limits.connectionsPerAddress);
    this.#unsent = new ByteLedger({ all: limits.unsentBytes, perAddress: limits.unsentBytesPerAddress });
    this.unread = new ByteLedger({ all: limits.bodyBytes, perAddress: limits.bodyBytesPerAddress });
  }

  get counts(): ConnectionCounts {
    return {
      open: this.#open.size,
      rejected: this.#rejected,
      unsentBytes: this.#unsent.bytes,
      unreadBytes: this.unread.bytes,
      cut: this.#stalled + this.#unsent.cut + this.unread.cut,
    };
  }

  /** The sockets, for the server to close. */
  sockets(): Iterable<Socket> {
    return [...this.#open.values()].map(({ socket }) => socket);
  }

  /** Registers a new connection, or closes it if there are too many. */
  accept(socket: Socket): void {
    const peer = normalAddress(socket.remoteAddress ?? '');
    // A proxy's connections belong to many clients.
    const ip = peer !== null && isInNetworks(peer, this.#trustedProxies) ? undefined : peer;
    if (this.#open.size >= this.#limits.connections || (ip !== undefined && !this.#byAddress.add(ip))) {
      this.#rejected += 1;
      socket.on('error', () => {});
      socket.end(TOO_MANY, () => socket.destroy());
      return;
    }
    const connection = new OpenConnection(socket, ip);
    this.#open.set(socket, connection);
    this.#timer ??= setInterval(() => this.#look(), this.#limits.writeTimeoutMs).unref();
    socket.once('close', () => this.#closed(connection));
  }

  /**
   * Assigns a connection from a trusted proxy to one client. Returns a function that returns it to the proxy, or null
   * if that client has too many.
   */
  attribute(stream: Duplex, ip: string | null): (() => void) | null {
    const connection = this.#open.get(stream);
    if (!connection || connection.ip !== undefined) return () => {};
    if (!this.#byAddress.add(ip)) return null;
    this.#give(connection, ip);
    return () => {
      if (!this.#open.has(stream) || connection.ip === undefined) return;
      this.#byAddress.remove(ip);
      this.#give(connection, undefined);
    };
  }

  /** Also counts bytes buffered for a client before they reach its connection. Returns a stop function. */
  holdAhead(stream: Duplex, measure: () => number): () => void {
    const connection = this.#open.get(stream);
    if (!connection) return () => {};
    connection.ahead = measure;
    return () => {
      connection.ahead = NOTHING;
    };
  }

  /** Buffered bytes count against the connection's client. */
  #give(connection: OpenConnection, ip: string | null | undefined): void {
    this.#unsent.release(connection);
    connection.ip = ip;
    this.#unsent.note(connection);
  }

  /**
   * Must be called after writes that the client may not have read: counts buffered bytes, and may close the
   * connection.
   */
  wrote(stream: Duplex): void {
    const connection = this.#open.get(stream);
    if (!connection || connection.measure() === 0) return;
    if (!connection.waiting) {
      connection.waiting = true;
      stream.once('drain', () => {
        connection.waiting = false;
        this.#unsent.note(connection);
      });
    }
    this.#unsent.note(connection);
  }

  /** Closes clients that have read too little of the pending data since the last check. */
  #look(): void {
    for (const connection of this.#open.values()) {
      if (connection.isStalled()) {
        this.#stalled += 1;
        connection.cut();
      } else this.#unsent.note(connection);
    }
  }

  #closed(connection: OpenConnection): void {
    this.#open.delete(connection.socket);
    this.#unsent.release(connection);
    if (connection.ip !== undefined) this.#byAddress.remove(connection.ip);
    if (this.#open.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

class OpenConnection implements Holder {
  readonly socket: Socket;
  ip: string | null | undefined;
  waiting = false;
  /** Bytes buffered for it elsewhere. */
  ahead: () => number = NOTHING;
  #unsent = 0;
  #taken = 0;

  constructor(socket: Socket, ip: string | null | undefined) {
    this.socket = socket;
    this.ip = ip;
  }

  measure(): number {
    return this.socket.destroyed ? 0 : this.socket.writableLength + this.ahead();
  }

  cut(): void {
    this.socket.destroy();
  }

  /** Whether the client has read too little since the last call. */
  isStalled(): boolean {
    const waited = this.#unsent;
    const before = this.#taken;
    this.#unsent = this.measure();
    if (this.#unsent === 0 && waited === 0) return false;
    this.#taken = takenOf(this.socket);
    return waited > 0 && this.#unsent > 0 && this.#taken - before < Math.min(waited, PACE_MIN);
  }
}

/** Node.js's handle below the stream, which treats a large write as one step until it is complete. */
interface Handle {
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}

/** Bytes read by the client so far. Only differences are meaningful. */
function takenOf(socket: Socket): number {
  const { bytesWritten = 0, writeQueueSize = 0 } = (socket as { _handle?: Handle | null })._handle ?? {};
  return bytesWritten - writeQueueSize;
}
