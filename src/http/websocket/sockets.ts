import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { AddressCounts } from '../connections/address-counts.ts';
import { refuseUpgrade } from '../upgrade-answer.ts';
import { Connection, type ConnectionHost } from './connection.ts';

/** Close code of the protocol for a client that offers no supported subprotocol. */
const SUBPROTOCOL_NOT_ACCEPTABLE = 4406;

/** How long such a client may take to close, milliseconds. */
const TURN_AWAY_MS = 1_000;

/** Maximum number of fragments per message: each takes far more memory and time than its bytes. */
const FRAGMENTS_MAX = 128;

/** The server's WebSockets. */
export class Sockets {
  readonly #host: ConnectionHost;
  readonly #server: WebSocketServer;
  readonly #connections = new Set<Connection>();
  /** Sockets whose client is not authenticated yet. */
  readonly #pending: AddressCounts;
  #pinging: NodeJS.Timeout | null = null;
  #stopped: (() => void) | null = null;
  #stopping = false;

  constructor(host: ConnectionHost) {
    this.#host = host;
    this.#pending = new AddressCounts(host.limits.pendingPerAddress);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // Yields to the event loop between messages that arrive together.
      allowSynchronousEvents: false,
      maxPayload: host.limits.messageBytes,
      maxFragments: FRAGMENTS_MAX,
      handleProtocols: (offered) =>
        offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
    });
  }

  /** Takes over a connection whose client, at this address, requested an upgrade. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer, ip: string | null): void {
    if (this.#stopping) return refuseUpgrade(stream, '503 Service Unavailable');
    if (!this.#pending.add(ip)) return refuseUpgrade(stream, '503 Service Unavailable');
    // Each operation of a slow client waits for it; their number is limited.
    stream.setMaxListeners(0);
    let pending = true;
    const settled = (): void => {
      if (pending) this.#pending.remove(ip);
      pending = false;
    };
    stream.once('close', settled);
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) return turnAway(socket);
      this.#entered(socket, new Connection(socket, stream, request, this.#host, { ip, letIn: settled }));
    });
  }

  /** Number of open sockets. */
  get size(): number {
    return this.#connections.size;
  }

  /** Ends every subscription and socket, once its pending operations are complete, but within `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#connections.size > 0) {
      const closed = new Promise<void>((resolve) => (this.#stopped = resolve));
      for (const connection of [...this.#connections]) connection.goAway();
      const cut = setTimeout(() => {
        for (const connection of [...this.#connections]) connection.terminate();
      }, graceMs);
      await closed;
      clearTimeout(cut);
    }
    this.#server.close();
  }

  /** A copy, so that the handshake's request isn't retained as long as the socket. */
  #entered(socket: WebSocket, connection: Connection): void {
    this.#connections.add(connection);
    this.#pinging ??= setInterval(() => this.#ping(), this.#host.limits.pingIntervalMs).unref();
    socket.once('close', () => this.#left(connection));
  }

  #ping(): void {
    for (const connection of this.#connections) connection.ping();
  }

  #left(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    if (this.#pinging) clearInterval(this.#pinging);
    this.#pinging = null;
    this.#stopped?.();
  }
}

/** Closes a socket without a supported subprotocol, and terminates it if the client doesn't close in time. */
function turnAway(socket: WebSocket): void {
  socket.on('error', () => {});
  const cut = setTimeout(() => socket.terminate(), TURN_AWAY_MS);
  socket.once('close', () => clearTimeout(cut));
  socket.close(SUBPROTOCOL_NOT_ACCEPTABLE, 'Subprotocol not acceptable');
}
