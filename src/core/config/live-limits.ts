import { type ReadVariable, wholeNumber } from './setting.ts';

/** Limits of subscriptions and the connections that carry them. docs/live.md explains each. */
export interface LiveLimits {
  /** Concurrent operations on one socket. */
  readonly operations: number;
  /** Sockets and event streams of one credential. */
  readonly perCaller: number;
  /** Distinct documents that one caller subscribes to, and their total cost. */
  readonly documentsPerCaller: number;
  readonly costPerCaller: number;
  /** Distinct documents, by permissions, of an organization's subscribers, and their total cost. */
  readonly documentsPerOrganization: number;
  readonly costPerOrganization: number;
  /** Messages accepted from one socket per second. */
  readonly messagesPerSecond: number;
  /** Unauthenticated sockets from one address. */
  readonly pendingPerAddress: number;
  /** Maximum size of a message that a client may send, bytes. */
  readonly messageBytes: number;
  /** From the handshake to `connection_init`, milliseconds. */
  readonly initTimeoutMs: number;
  /** Interval between pings, milliseconds. A client that does not answer before the next one is disconnected. */
  readonly pingIntervalMs: number;
  /** Bytes that may be buffered for one client before sending pauses. */
  readonly bufferedMax: number;
  /** Buffered bytes beyond which the newest event of a key replaces the previous one. */
  readonly conflateFrom: number;
  /**
   * Maximum number of changes that wait while the caller's permissions are read, and of uses that are executed at once.
   */
  readonly heldMax: number;
  /** Embedded verifiers of an organization that are connected to one server. */
  readonly verifiersPerOrganization: number;
}

/** Reads the limits. Limits without a setting are derived from the others. */
export function readLiveLimits(read: ReadVariable): LiveLimits {
  const bufferedMax = read('LIVE_BUFFER_BYTES', 1_048_576, wholeNumber(16_384, 1_073_741_824));
  return {
    operations: read('LIVE_OPERATIONS_PER_SOCKET', 100, wholeNumber(1, 10_000)),
    perCaller: read('LIVE_SOCKETS_PER_CALLER', 1_000, wholeNumber(1, 1_000_000)),
    documentsPerCaller: read('LIVE_DOCUMENTS_PER_CALLER', 100, wholeNumber(1, 1_000_000)),
    costPerCaller: read('LIVE_COST_PER_CALLER', 20_000, wholeNumber(1, 1_000_000_000)),
    documentsPerOrganization: read('LIVE_DOCUMENTS_PER_ORGANIZATION', 1_000, wholeNumber(1, 1_000_000)),
    costPerOrganization: read('LIVE_COST_PER_ORGANIZATION', 100_000, wholeNumber(1, 1_000_000_000)),
    messagesPerSecond: read('LIVE_MESSAGES_PER_SECOND', 200, wholeNumber(1, 1_000_000)),
    pendingPerAddress: read('LIVE_PENDING_PER_ADDRESS', 1_000, wholeNumber(1, 1_000_000)),
    messageBytes: read('LIVE_MESSAGE_BYTES', 131_072, wholeNumber(1_024, 16_777_216)),
    initTimeoutMs: read('LIVE_INIT_TIMEOUT_MS', 10_000, wholeNumber(100, 600_000)),
    pingIntervalMs: read('LIVE_PING_INTERVAL_MS', 25_000, wholeNumber(100, 3_600_000)),
    bufferedMax,
    conflateFrom: Math.min(65_536, bufferedMax),
    heldMax: 1_000,
    verifiersPerOrganization: read('VERIFIERS_PER_ORGANIZATION', 1_000, wholeNumber(1, 1_000_000)),
  };
}
