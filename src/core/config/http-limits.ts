import { type ReadVariable, wholeNumber } from './setting.ts';

/** Limits of connections, requests and responses. docs/configuration.md explains each. */
export interface HttpLimits {
  /** Maximum size of a GraphQL response, bytes of JSON. */
  readonly responseBytes: number;
  /** Maximum number of connections. */
  readonly connections: number;
  /** Maximum number of connections from one address. */
  readonly connectionsPerAddress: number;
  /** Maximum number of unsent bytes of responses, events and messages, in total. */
  readonly unsentBytes: number;
  /** The same for one address. */
  readonly unsentBytesPerAddress: number;
  /** Maximum number of bytes of request bodies being received, in total. */
  readonly bodyBytes: number;
  /** The same for one address. */
  readonly bodyBytesPerAddress: number;
  /** How long a client may read nothing while data is pending, milliseconds. */
  readonly writeTimeoutMs: number;
}

const GIB = 1_073_741_824;
const MIB = 1_048_576;

/** Reads the limits. */
export function readHttpLimits(read: ReadVariable): HttpLimits {
  return {
    responseBytes: read('RESPONSE_BYTES', 4 * MIB, wholeNumber(65_536, GIB)),
    connections: read('CONNECTIONS', 20_000, wholeNumber(1, 1_000_000)),
    connectionsPerAddress: read('CONNECTIONS_PER_ADDRESS', 10_000, wholeNumber(1, 1_000_000)),
    unsentBytes: read('UNSENT_BYTES', 256 * MIB, wholeNumber(MIB, 64 * GIB)),
    unsentBytesPerAddress: read('UNSENT_BYTES_PER_ADDRESS', 64 * MIB, wholeNumber(MIB, 64 * GIB)),
    bodyBytes: read('BODY_BYTES', 128 * MIB, wholeNumber(MIB, 64 * GIB)),
    bodyBytesPerAddress: read('BODY_BYTES_PER_ADDRESS', 32 * MIB, wholeNumber(MIB, 64 * GIB)),
    writeTimeoutMs: read('WRITE_TIMEOUT_MS', 20_000, wholeNumber(100, 3_600_000)),
  };
}
