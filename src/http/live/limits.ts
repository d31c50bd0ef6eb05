/** What one client may take of the server's sockets. */
export interface SocketLimits {
  /** Operations under way on one socket. */
  readonly operations: number;
  /** Sockets and event streams of one credential. */
  readonly perCaller: number;
  /** Largest message, bytes. */
  readonly messageBytes: number;
  /** From the handshake to `connection_init`, milliseconds. */
  readonly initTimeoutMs: number;
  /** Between two pings; a client that answers none until the next is gone, milliseconds. */
  readonly pingIntervalMs: number;
}

export const SOCKET_LIMITS: SocketLimits = {
  operations: 100,
  perCaller: 1_000,
  messageBytes: 131_072,
  initTimeoutMs: 10_000,
  pingIntervalMs: 25_000,
};
