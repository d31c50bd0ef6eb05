import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, MessageType, type SubscribeMessage, validateMessage } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { parseJson } from '../../core/exact-json.ts';
import { Caller, type LossCode } from '../../graphql/subscriptions/caller.ts';
import type { VerifierHub } from '../../verifiers/hub.ts';
import { VerifierConnection } from '../../verifiers/stream/verifier-connection.ts';
import { Intake, type IntakeHost } from './intake.ts';
import { type Client, Operations, type OperationsHost } from './operations.ts';
import { SocketSink } from './socket-sink.ts';

/** What a connection needs from the server. */
export interface ConnectionHost extends OperationsHost, IntakeHost {
  /** Details of the handshake needed by operations, so that the request can be released. */
  clientOf(request: IncomingMessage, verifier: VerifierConnection): Client;
  /** Receives leases that verifiers request, and their acknowledgments. */
  readonly verifiers: Pick<VerifierHub, 'pong'>;
  /**
   * The owner of the credentials of the handshake and of `connection_init`. Null: none, or no longer valid. Rejects
   * with FORBIDDEN if pages of the handshake's origin can't use them.
   */
  authenticate(request: IncomingMessage, payload: unknown): Promise<Principal | null>;
  /** Acquires one of the credential's slots for sockets. Returns its release function. */
  acquireSlot(principal: Principal): (() => void) | null;
}

/** Close codes for cases that the protocol doesn't define (RFC 6455, 7.4). */
const GOING_AWAY = [1001, 'Going away'] as const;
const TRY_AGAIN_LATER = 1013;
const UNAUTHORIZED = [CloseCode.Unauthorized, 'Unauthorized'] as const;

/** Time in which pending operations are answered after the credential has ended, milliseconds. */
const LOST_GRACE_MS = 6_000;

/** How long a client may take to close its side, milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Maximum length of an operation's id, characters: every message to the client repeats it. */
const ID_MAX = 1_000;

/** Maximum length of the reason of a close frame, bytes (RFC 6455, 5.5): `ws` throws if it is longer. */
const REASON_MAX_BYTES = 123;

/** This many UTF-16 units of any text and an ellipsis fit. */
const REASON_CUT = 40;

/** One WebSocket that speaks graphql-transport-ws (the GraphQL over WebSocket protocol). */
export class Connection {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  /** The handshake; null once the caller is known. */
  #request: IncomingMessage | null;
  readonly #host: ConnectionHost;
  #caller: Caller | null = null;
  #operations: Operations | null = null;
  #releaseSlot: (() => void) | null = null;
  #initTimer: NodeJS.Timeout | null;
  /** Whether anything was received from the client since the last ping. */
  #alive = true;
  /** How to close the socket once its last operation has been answered. */
  #farewell: readonly [code: number, reason: string] = GOING_AWAY;
  #cut: NodeJS.Timeout | null = null;
  #late: NodeJS.Timeout | null = null;
  readonly #letIn: () => void;
  readonly #intake: Intake;
  readonly #verifier = new VerifierConnection();

  /** `letIn` is called when the client is authenticated. */
  constructor(
    socket: WebSocket,
    stream: Duplex,
    request: IncomingMessage,
    host: ConnectionHost,
    { ip, letIn }: { readonly ip: string | null; readonly letIn: () => void },
  ) {
    this.#socket = socket;
    this.#stream = stream;
    this.#request = request;
    this.#host = host;
    this.#letIn = letIn;
    this.#intake = new Intake(socket, stream, ip, host);
    this.#initTimer = setTimeout(
      () => socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'),
      host.limits.initTimeoutMs,
    );
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => this.#heard());
    socket.on('close', () => this.#closed());
    // Invalid frames and oversized messages: `ws` closes with the matching code.
    socket.on('error', () => {});
  }

  /**
   * Ends every subscription, and closes the socket once pending queries and mutations have been answered. Sends no
   * `complete`, so the client connects and subscribes again by itself.
   */
  goAway(): void {
    if (this.#operations) this.#operations.end();
    else this.#bye();
  }

  /** Disconnects a client that has not answered the last ping. Pings the others. */
  ping(): void {
    if (!this.#alive) return this.#socket.terminate();
    this.#alive = false;
    this.#socket.ping();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #close(code: number, reason: string): void {
    const fits = Buffer.byteLength(reason) <= REASON_MAX_BYTES;
    this.#socket.close(code, fits ? reason : `${reason.slice(0, REASON_CUT)}…`);
  }

  /** Like `goAway`, for a reason other than the server stopping. */
  #interrupt(): void {
    this.#farewell = [TRY_AGAIN_LATER, 'Try again later'];
    this.goAway();
  }

  #bye(): void {
    // An operation may end after its client has gone: a timer would outlive the socket.
    if (this.#socket.readyState === this.#socket.CLOSED) return;
    this.#close(...this.#farewell);
    this.#cut ??= setTimeout(() => this.terminate(), CLOSE_TIMEOUT_MS);
  }

  #heard(): void {
    this.#alive = true;
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#alive = true;
    // Binary messages are invalid.
    const text = isBinary ? '' : data.toString();
    this.#intake.count(text.length);
    // A client may keep sending while the socket closes.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    let message: ReturnType<typeof validateMessage>;
    try {
      message = validateMessage(parseJson(text));
      if ('id' in message && message.id.length > ID_MAX) throw new Error('The ID is too long');
    } catch {
      return this.#close(CloseCode.BadRequest, 'Invalid message received');
    }
    switch (message.type) {
      case MessageType.ConnectionInit:
        return void this.#init(message.payload);
      case MessageType.Ping:
        return this.#send({ type: MessageType.Pong, ...(message.payload && { payload: message.payload }) });
      case MessageType.Pong:
        return this.#host.verifiers.pong(this.#verifier, message.payload);
      case MessageType.Subscribe:
        return this.#subscribe(message, text.length);
      case MessageType.Complete:
        return this.#verifier.byClient(() => this.#operations?.complete(message.id));
      default:
        return this.#close(CloseCode.BadRequest, `Unexpected message of type ${message.type} received`);
    }
  }

  async #init(payload: unknown): Promise<void> {
    const request = this.#request;
    if (!request) {
      return this.#close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
    }
    this.#request = null;
    this.#stopInitTimer();
    let principal: Principal | null;
    try {
      principal = await this.#host.authenticate(request, payload);
    } catch (error) {
      return this.#refuse(error);
    }
    if (!principal) return this.#unauthorized();
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#releaseSlot = this.#host.acquireSlot(principal);
    if (!this.#releaseSlot) return this.#close(TRY_AGAIN_LATER, 'Too many connections of this caller');
    const client = this.#host.clientOf(request, this.#verifier);
    const caller = new Caller(principal, client, (code) => this.#lost(code));
    this.#caller = caller;
    this.#operations = new Operations(this.#host, client, caller, {
      answered: () => this.#intake.holdBack(),
      idle: () => this.#bye(),
      interrupted: () => this.#interrupt(),
    });
    this.#host.subscriptions.enter(caller);
    this.#letIn();
    this.#intake.known();
    this.#send({ type: MessageType.ConnectionAck });
  }

  #subscribe({ id, payload }: SubscribeMessage, size: number): void {
    if (!this.#operations) return this.#unauthorized();
    if (this.#operations.has(id)) {
      return this.#close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
    }
    const { wrote } = this.#host;
    const sink = new SocketSink(this.#socket, this.#stream, id, {
      wrote,
      interrupted: () => this.#interrupt(),
    });
    this.#operations.start(id, payload, size, sink);
  }

  #refuse(error: unknown): void {
    const code = error instanceof AppError ? error.code : null;
    if (code === 'BAD_REQUEST') return this.#close(CloseCode.BadRequest, (error as AppError).message);
    if (code === 'FORBIDDEN') return this.#lost(code);
    if (code === 'UNAVAILABLE' || code === 'RATE_LIMITED')
      return this.#close(TRY_AGAIN_LATER, (error as AppError).message);
    this.#close(CloseCode.InternalServerError, 'Internal server error');
  }

  /** Begins nothing more. What has begun is answered first: it may be what ended the credential, and return a new one. */
  #lost(code: LossCode): void {
    if (this.#socket.readyState === this.#socket.CLOSED) return;
    this.#farewell = code === 'FORBIDDEN' ? [CloseCode.Forbidden, 'Forbidden'] : UNAUTHORIZED;
    this.#late ??= setTimeout(() => this.#bye(), LOST_GRACE_MS);
    this.goAway();
  }

  #unauthorized(): void {
    this.#close(...UNAUTHORIZED);
  }

  #closed(): void {
    this.#stopInitTimer();
    for (const timer of [this.#cut, this.#late]) if (timer) clearTimeout(timer);
    this.#operations?.stop();
    if (this.#caller) this.#host.subscriptions.leave(this.#caller);
    this.#releaseSlot?.();
  }

  #stopInitTimer(): void {
    if (this.#initTimer) clearTimeout(this.#initTimer);
    this.#initTimer = null;
  }

  #send(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
