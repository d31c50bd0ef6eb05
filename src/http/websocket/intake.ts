import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { LiveLimits } from '../../core/config/live-limits.ts';
import type { ByteLedger, Holder } from '../connections/byte-ledger.ts';
import { MessageRate } from './message-rate.ts';

/** Close code for messages that are too large (RFC 6455, 7.4.1). */
const MESSAGE_TOO_BIG = 1009;

/** Longest message of a client that is not known yet, bytes: a credential, and what protocols put around it. */
const INIT_BYTES_MAX = 16_384;

/** From so many bytes on, an incomplete message is counted. */
const COUNTED_MIN = 4_096;

/** A longer message counts as one for each so many characters that it has begun. */
const CHARACTERS_PER_MESSAGE = 4_096;

/** What is around the payload of a client's ping or pong: its length, and its mask (RFC 6455, 5.2). */
const CONTROL_HEADER_BYTES = 6;

/** What a socket's messages are counted by. */
export interface IntakeHost {
  readonly limits: LiveLimits;
  /** Bytes of messages that are not complete. */
  readonly unread: ByteLedger;
  /** Must be called where something that was written waits for the client. */
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
  /** Bytes that came since the last message was complete. */
  #received = 0;

  constructor(socket: WebSocket, stream: Duplex, ip: string | null, host: IntakeHost) {
    this.#socket = socket;
    this.#stream = stream;
    this.#host = host;
    this.#rate = new MessageRate(host.limits.messagesPerSecond);
    this.#incomplete = { ip, measure: () => this.#received, cut: () => socket.terminate() };
    // Before `ws` reads the same bytes, and finds the messages in them.
    stream.prependListener('data', (chunk: Buffer) => this.#collect(chunk));
    // `ws` answers each ping, and the answers wait for the client as well; pongs come unasked too.
    for (const event of ['ping', 'pong'] as const)
      socket.on(event, (data: Buffer) => this.#countControl(data.length));
    socket.on('close', () => this.#stop());
  }

  /** The client is known: its messages may be as large as the limits say. */
  known(): void {
    this.#isKnown = true;
  }

  /**
   * Counts a message of this length that is complete. A client that sends too many, or takes too little, is not read from
   * for a while.
   */
  count(characters: number): void {
    this.#received = 0;
    this.#host.unread.release(this.#incomplete);
    this.#pace(Math.max(1, Math.ceil(characters / CHARACTERS_PER_MESSAGE)));
  }

  /** Counts a ping or a pong: it may come between the fragments of a message, which are kept all the same. */
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

  /** Reads no more from a client that doesn't take its answers: they would pile up here. */
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

  /** Counts what has come of a message; before the client is known, there is little that it needs to say. */
  #collect({ length }: Buffer): void {
    this.#received += length;
    if (!this.#isKnown && this.#received > INIT_BYTES_MAX) {
      // One that goes on to send while the socket closes is not waited for.
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
