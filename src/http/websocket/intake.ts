import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { LiveLimits } from '../../core/config/live-limits.ts';
import type { ByteLedger, Holder } from '../connections/byte-ledger.ts';
import { MessageRate } from './message-rate.ts';

/** Close code for messages that are too large (RFC 6455, 7.4.1). */
const MESSAGE_TOO_BIG = 1009;

/** Maximum message length before authentication, bytes: a credential and its envelope. */
const INIT_BYTES_MAX = 16_384;

/** An incomplete message is counted from this many bytes. */
const COUNTED_MIN = 4_096;

/** A longer message counts once for each started block of this many characters. */
const CHARACTERS_PER_MESSAGE = 4_096;

/** Overhead of a client's ping or pong: header and mask (RFC 6455, 5.2). */
const CONTROL_HEADER_BYTES = 6;

/** What a socket's messages are counted by. */
export interface IntakeHost {
  readonly limits: LiveLimits;
  /** Bytes of messages that are not complete. */
  readonly unread: ByteLedger;
  /** Must be called when written data is buffered for the client. */
  wrote(stream: Duplex): void;
}

/** How much, and how fast, is read from one WebSocket. */
export class Intake {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #host: IntakeHost;
  readonly #rate: MessageRate;
  readonly #incomplete: Holder;
  #isKnown = false;
  #resting: NodeJS.Timeout | null = null;
  /** Bytes received since the last complete message. */
  #received = 0;

  constructor(socket: WebSocket, stream: Duplex, ip: string | null, host: IntakeHost) {
    this.#socket = socket;
    this.#stream = stream;
    this.#host = host;
    this.#rate = new MessageRate(host.limits.messagesPerSecond);
    this.#incomplete = { ip, measure: () => this.#received, cut: () => socket.terminate() };
    // Runs before `ws` parses the same bytes.
    stream.prependListener('data', (chunk: Buffer) => this.#collect(chunk));
    // `ws` answers each ping, and the answers are buffered too. Pongs may be unsolicited.
    for (const event of ['ping', 'pong'] as const)
      socket.on(event, (data: Buffer) => this.#countControl(data.length));
    socket.on('close', () => this.#stop());
  }

  /** The client is authenticated: its messages may be as large as the limits allow. */
  known(): void {
    this.#isKnown = true;
  }

  /**
   * Counts a complete message of this length. Stops reading for a while from a client that sends too many or reads too
   * little.
   */
  count(characters: number): void {
    this.#received = 0;
    this.#host.unread.release(this.#incomplete);
    this.#pace(Math.max(1, Math.ceil(characters / CHARACTERS_PER_MESSAGE)));
  }

  /** Counts a ping or pong. It may arrive between the fragments of a message, which remain buffered. */
  #countControl(bytes: number): void {
    this.#received = Math.max(0, this.#received - bytes - CONTROL_HEADER_BYTES);
    if (this.#received <= COUNTED_MIN) this.#host.unread.release(this.#incomplete);
    else this.#host.unread.note(this.#incomplete);
    this.#pace(1);
  }

  #pace(messages: number): void {
    this.holdBack();
    const milliseconds = this.#rate.count(messages);
    if (milliseconds === 0) return;
    if (this.#resting) clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#resting = null;
      this.#goOn();
    }, milliseconds);
    this.#socket.pause();
  }

  /** Stops reading from a client that doesn't read its responses, which would accumulate here. */
  holdBack(): void {
    if (this.#stream.writableNeedDrain) this.#host.wrote(this.#stream);
    if (this.#socket.isPaused || this.#stream.writableLength <= this.#host.limits.bufferedMax) return;
    this.#socket.pause();
    this.#stream.once('drain', () => this.#goOn());
  }

  #goOn(): void {
    if (this.#resting) return;
    this.#socket.resume();
    this.holdBack();
  }

  /** Counts the received part of a message. Before authentication, the limit is small. */
  #collect({ length }: Buffer): void {
    this.#received += length;
    if (!this.#isKnown && this.#received > INIT_BYTES_MAX) {
      // Doesn't wait for a client that keeps sending while the socket closes.
      if (this.#socket.readyState !== this.#socket.OPEN) return this.#socket.terminate();
      return this.#socket.close(MESSAGE_TOO_BIG, 'Message too big');
    }
    if (this.#received > COUNTED_MIN) this.#host.unread.note(this.#incomplete);
  }

  #stop(): void {
    if (this.#resting) clearTimeout(this.#resting);
    this.#host.unread.release(this.#incomplete);
  }
}
