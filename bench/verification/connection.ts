import { connect, type Socket } from 'node:net';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const END_OF_CHUNKS = Buffer.from('\r\n0\r\n\r\n');

/** The buffer that all connections read into: each read is processed before the next. */
const shared = Buffer.allocUnsafe(262_144);

/** The header of a response. `length` is null if the body is chunked. */
interface Head {
  readonly status: number;
  readonly end: number;
  readonly length: number | null;
}

/**
 * A keep-alive connection with one request at a time: an HTTP client library would be slower than the measured servers.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #answered: (connection: Connection, status: number) => void;
  /** The start of an incomplete response. */
  #rest: Buffer | null = null;
  /** When the current request was sent; `performance.now()`. */
  sentAt = 0;
  /** The body of the last response, if kept. */
  body = '';

  /**
   * Connects immediately. `answered` is called with each response, and with status 0 if the server closes the
   * connection.
   */
  constructor(port: number, answered: (connection: Connection, status: number) => void) {
    this.#answered = answered;
    const onread = {
      buffer: shared,
      callback: (length: number) => {
        this.#read(shared.subarray(0, length));
        return true;
      },
    };
    this.#socket = connect({ port, host: '127.0.0.1', onread, noDelay: true });
    this.#socket.on('error', () => {});
    this.#socket.once('close', () => answered(this, 0));
  }

  send(request: string): void {
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    const head = readHead(bytes);
    if (!head || !isWhole(bytes, head)) {
      this.#rest = this.#rest ? bytes : Buffer.from(bytes);
      return;
    }
    this.#rest = null;
    if (this.body === '') this.body = bytes.toString('utf8', head.end);
    this.#answered(this, head.status);
  }
}

function readHead(bytes: Buffer): Head | null {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return null;
  const text = bytes.toString('latin1', 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  const status = Number(text.slice(9, 12));
  return { status, end: end + END_OF_HEAD.length, length: length === undefined ? null : Number(length) };
}

function isWhole(bytes: Buffer, { end, length }: Head): boolean {
  if (length !== null) return bytes.length >= end + length;
  return bytes.subarray(-END_OF_CHUNKS.length).equals(END_OF_CHUNKS);
}
