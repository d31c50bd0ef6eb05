import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Subscription } from './client.ts';

/** Called for every text message after the acknowledgment. */
export interface Reading {
  message(socket: RawSocket): void;
}

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** The buffer that all sockets read into: each read is processed before the next. */
const shared = Buffer.allocUnsafe(262_144);

/**
 * A WebSocket that only counts messages: a client library would be slower than the measured servers. Speaks
 * graphql-transport-ws.
 */
export class RawSocket {
  readonly number: number;
  readonly #reading: Reading;
  #socket: Socket | null = null;
  #rest: Buffer | null = null;
  #open = false;
  #acknowledged: (() => void) | null = null;
  received = 0;
  first = '';

  constructor(number: number, reading: Reading) {
    this.number = number;
    this.#reading = reading;
  }

  /** Connects and subscribes. Resolves once the server has acknowledged the connection. */
  async open(port: number, { init, payload }: Subscription): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#acknowledged = resolve;
      const onread = {
        buffer: shared,
        callback: (length: number) => {
          this.#read(shared.subarray(0, length));
          return true;
        },
      };
      this.#socket = connect({ port, host: '127.0.0.1', onread, noDelay: true });
      this.#socket.once('error', reject);
      this.#socket.once('close', () => reject(new Error(`Socket ${this.number} was closed`)));
      this.#socket.write(
        `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n' +
          'Accept: */*\r\nAccept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n' +
          `Origin: http://127.0.0.1:${port}\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
          'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
      );
      this.#send(TEXT, JSON.stringify({ type: 'connection_init', payload: init }));
    });
    // The client of graphql-ws creates such ids, too.
    this.#send(TEXT, JSON.stringify({ id: randomUUID(), type: 'subscribe', payload }));
  }

  #read(chunk: Buffer): void {
    let bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    if (!this.#open) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end >= 0) {
        this.#open = true;
        bytes = bytes.subarray(end + 4);
      }
    }
    const used = this.#open ? this.#frames(bytes) : 0;
    // Copied, because the next read overwrites the buffer.
    this.#rest = used < bytes.length ? Buffer.from(bytes.subarray(used)) : null;
  }

  /** Reads whole frames (RFC 6455, 5.2). Returns their size in bytes. */
  #frames(bytes: Buffer): number {
    let at = 0;
    while (bytes.length - at >= 2) {
      const short = (bytes[at + 1] as number) & 0x7f;
      const start = short < 126 ? at + 2 : short === 126 ? at + 4 : at + 10;
      if (bytes.length < start) break;
      const length =
        short < 126
          ? short
          : short === 126
            ? bytes.readUInt16BE(at + 2)
            : Number(bytes.readBigUInt64BE(at + 2));
      if (bytes.length < start + length) break;
      this.#frame((bytes[at] as number) & 0x0f, bytes, start, start + length);
      at = start + length;
    }
    return at;
  }

  #frame(opcode: number, bytes: Buffer, start: number, end: number): void {
    if (opcode === TEXT && this.#acknowledged) {
      this.#acknowledged();
      this.#acknowledged = null;
    } else if (opcode === TEXT) {
      if (!this.first) this.#begin(bytes.toString('utf8', start, end));
      this.#reading.message(this);
    } else if (opcode === PING) {
      this.#send(PONG, '');
    } else if (opcode === CLOSE) {
      throw new Error(`The server closed: ${bytes.toString('utf8', start + 2, end)}`);
    }
  }

  #begin(text: string): void {
    if (text.includes('"type":"error"')) throw new Error(text);
    this.first = text;
  }

  #send(opcode: number, text: string): void {
    const payload = Buffer.from(text);
    const long = payload.length > 125;
    const head = Buffer.alloc(long ? 8 : 6);
    head[0] = 0x80 | opcode;
    // Masked with zeros, which changes nothing.
    head[1] = 0x80 | (long ? 126 : payload.length);
    if (long) head.writeUInt16BE(payload.length, 2);
    this.#socket?.write(Buffer.concat([head, payload]));
  }
}
