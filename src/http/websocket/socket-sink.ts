import type { Duplex } from 'node:stream';
import type { GraphQLFormattedError } from 'graphql';
import { MessageType } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { SharedResult } from '../../graphql/subscriptions/shared-execution.ts';
import type { Sink } from '../../graphql/subscriptions/subscriber.ts';
import { textFrame } from './frame.ts';

/** One subscription's share of a WebSocket. */
export class SocketSink implements Sink {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #id: string;
  readonly #tail: Buffer;
  readonly #wrote: (stream: Duplex) => void;
  readonly #interrupted: () => void;

  /**
   * `stream` is the connection below `socket`, from the handshake. `wrote` is called when data is buffered for the
   * client, and `interrupted` when the client is to subscribe again, which it does when its socket closes.
   */
  constructor(
    socket: WebSocket,
    stream: Duplex,
    id: string,
    { wrote, interrupted }: { wrote(stream: Duplex): void; interrupted(): void },
  ) {
    this.#wrote = wrote;
    this.#interrupted = interrupted;
    this.#socket = socket;
    this.#stream = stream;
    this.#id = id;
    this.#tail = Buffer.from(`,"id":${JSON.stringify(id)}}`);
  }

  next(result: SharedResult): void {
    // `ws` writes each message whole and synchronously (no compression is used), so frames can't interleave.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#stream.write(textFrame(result.message, this.#tail));
    this.#noteUnsent();
  }

  error(payload: readonly GraphQLFormattedError[]): void {
    this.#send({ type: MessageType.Error, id: this.#id, payload });
  }

  interrupt(): void {
    this.#interrupted();
  }

  complete(): void {
    this.#send({ type: MessageType.Complete, id: this.#id });
  }

  get buffered(): number {
    return this.#stream.writableLength;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.destroyed || !this.#stream.writableNeedDrain) {
        setImmediate(resolve);
        return;
      }
      const done = (): void => {
        this.#stream.off('drain', done);
        this.#stream.off('close', done);
        setImmediate(resolve);
      };
      this.#stream.on('drain', done);
      this.#stream.on('close', done);
    });
  }

  #send(message: object): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
    this.#noteUnsent();
  }

  #noteUnsent(): void {
    if (this.#stream.writableNeedDrain) this.#wrote(this.#stream);
  }
}
