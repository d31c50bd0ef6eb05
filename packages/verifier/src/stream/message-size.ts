/** Half of what the server accepts, unless it is configured otherwise. */
const BYTES_MAX = 60 * 1024;

/** An operation with one entry of each kind is never smaller. */
const BYTES_MIN = 600;

/** How large messages may be, bytes. Halved whenever the server closes a connection because of a message. */
export class MessageSize {
  #bytes = BYTES_MAX;

  get bytes(): number {
    return this.#bytes;
  }

  /** The server refused a message; this was the largest one. */
  refused(largest: number): void {
    this.#bytes = Math.max(BYTES_MIN, Math.floor(Math.min(this.#bytes, largest) / 2));
  }
}

/** Size of a value in a message, with a comma, bytes. */
export function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}

/** How many of the first values fit into this many bytes, at least one. */
export function fitting(values: readonly unknown[], bytes: number): number {
  let left = bytes;
  let count = 0;
  for (const value of values) {
    left -= sizeOf(value);
    if (left < 0) break;
    count += 1;
  }
  return Math.max(1, count);
}
