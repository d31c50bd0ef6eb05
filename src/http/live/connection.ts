import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, MessageType, parseMessage, type SubscribeMessage } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { GraphQLContext } from '../../../schema/context.ts';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import type { Engine } from '../graphql-engine.ts';
import { presentError, presentResult } from '../graphql-errors.ts';
import { checkParams } from '../graphql-params.ts';
import { Caller } from './caller.ts';
import type { SocketLimits } from './limits.ts';
import { SharedResult } from './shared-execution.ts';
import { SocketOutlet } from './socket-outlet.ts';
import type { Subscriber } from './subscriber.ts';
import type { Subscriptions } from './subscriptions.ts';

/** What a connection needs of the server around it. */
export interface ConnectionHost {
  readonly run: Engine;
  readonly subscriptions: Subscriptions;
  readonly limits: SocketLimits;
  /** Who the credentials of the handshake and of `connection_init` belong to; null: nobody, or not any more. */
  authenticate(request: IncomingMessage, payload: unknown): Promise<Principal | null>;
  /** Takes a place among the sockets of a credential, unless all are taken; returns how to give it back. */
  takePlace(principal: Principal): (() => void) | null;
  context(request: IncomingMessage, principal: Principal): GraphQLContext;
}

/** Closes for reasons that the protocol has no code of its own for (RFC 6455, 7.4). */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** A running operation: null until a subscription has its subscriber. */
interface Running {
  subscriber: Subscriber | null;
  stopped: boolean;
}

/** One WebSocket that speaks graphql-transport-ws (the GraphQL over WebSocket protocol). */
export class Connection {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #request: IncomingMessage;
  readonly #host: ConnectionHost;
  readonly #running = new Map<string, Running>();
  #caller: Caller | null = null;
  #leavePlace: (() => void) | null = null;
  #initialized = false;
  #initTimer: NodeJS.Timeout | null;
  /** Whether the client has answered since the last ping. */
  #alive = true;

  constructor(socket: WebSocket, stream: Duplex, request: IncomingMessage, host: ConnectionHost) {
    this.#socket = socket;
    this.#stream = stream;
    this.#request = request;
    this.#host = host;
    this.#initTimer = setTimeout(
      () => socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'),
      host.limits.initTimeoutMs,
    );
    socket.on('message', (data, isBinary) => void this.#receive(data, isBinary));
    socket.on('pong', () => this.#heard());
    socket.on('close', () => this.#closed());
    // Broken frames and messages that are too large: `ws` closes with the code that fits.
    socket.on('error', () => {});
  }

  /** Ends everything because the server stops; the client comes back. */
  goAway(): void {
    for (const { subscriber } of [...this.#running.values()]) subscriber?.complete();
    this.#socket.close(GOING_AWAY, 'Going away');
  }

  /** Drops a client that has not answered the last ping, and pings the others. */
  ping(): void {
    if (!this.#alive) return this.#socket.terminate();
    this.#alive = false;
    this.#socket.ping();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #heard(): void {
    this.#alive = true;
  }

  async #receive(data: RawData, isBinary: boolean): Promise<void> {
    this.#alive = true;
    let message: ReturnType<typeof parseMessage>;
    try {
      if (isBinary) throw new Error('A message is text');
      message = parseMessage(data.toString());
    } catch {
      return this.#socket.close(CloseCode.BadRequest, 'Invalid message received');
    }
    switch (message.type) {
      case MessageType.ConnectionInit:
        return this.#init(message.payload);
      case MessageType.Ping:
        return this.#send({ type: MessageType.Pong, ...(message.payload && { payload: message.payload }) });
      case MessageType.Pong:
        return;
      case MessageType.Subscribe:
        return this.#subscribe(message);
      case MessageType.Complete:
        return this.#complete(message.id);
      default:
        return this.#socket.close(
          CloseCode.BadRequest,
          `Unexpected message of type ${message.type} received`,
        );
    }
  }

  async #init(payload: unknown): Promise<void> {
    if (this.#initialized) {
      return this.#socket.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
    }
    this.#initialized = true;
    this.#stopInitTimer();
    let principal: Principal | null;
    try {
      principal = await this.#host.authenticate(this.#request, payload);
    } catch (error) {
      const refused = error instanceof AppError && error.code === 'BAD_REQUEST';
      if (refused) return this.#socket.close(CloseCode.BadRequest, error.message);
      return this.#socket.close(CloseCode.InternalServerError, 'Internal server error');
    }
    if (!principal) return this.#socket.close(CloseCode.Unauthorized, 'Unauthorized');
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#leavePlace = this.#host.takePlace(principal);
    if (!this.#leavePlace) return this.#socket.close(TRY_AGAIN_LATER, 'Too many connections of one caller');
    const { ip } = this.#host.context(this.#request, principal).request;
    this.#caller = new Caller(principal, ip, () =>
      this.#socket.close(CloseCode.Unauthorized, 'Unauthorized'),
    );
    this.#host.subscriptions.enter(this.#caller);
    this.#send({ type: MessageType.ConnectionAck });
  }

  async #subscribe({ id, payload }: SubscribeMessage): Promise<void> {
    const caller = this.#caller;
    if (!caller) return this.#socket.close(CloseCode.Unauthorized, 'Unauthorized');
    if (this.#running.has(id)) {
      return this.#socket.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
    }
    const outlet = new SocketOutlet(this.#socket, this.#stream, id);
    const context = this.#host.context(this.#request, caller.principal);
    if (this.#running.size >= this.#host.limits.operations) {
      const message = `At most ${this.#host.limits.operations} operations run on one socket`;
      return outlet.error([{ message, extensions: { code: 'BAD_REQUEST' } }]);
    }
    const running: Running = { subscriber: null, stopped: false };
    this.#running.set(id, running);
    const over = (): void => {
      if (this.#running.get(id) === running) this.#running.delete(id);
    };
    try {
      const outcome = await this.#host.run({
        params: checkParams(payload),
        method: 'POST',
        context,
        started: () => {},
      });
      if (running.stopped) return;
      if ('subscription' in outcome) {
        await this.#host.subscriptions.subscribe(caller, outcome.subscription, context, outlet, {
          created: (subscriber) => {
            running.subscriber = subscriber;
            if (running.stopped) subscriber.stop();
          },
          ended: over,
        });
        return;
      }
      const result = presentResult(outcome, context.request, context.log);
      over();
      if (result.data === undefined)
        return outlet.error((result.errors ?? []).map((error) => error.toJSON()));
      outlet.next(new SharedResult(result));
      outlet.complete();
    } catch (error) {
      over();
      if (!running.stopped) outlet.error([presentError(error, context.request, context.log).toJSON()]);
    }
  }

  #complete(id: string): void {
    const running = this.#running.get(id);
    if (!running) return;
    running.stopped = true;
    this.#running.delete(id);
    running.subscriber?.stop();
  }

  #closed(): void {
    this.#stopInitTimer();
    for (const running of this.#running.values()) running.stopped = true;
    if (this.#caller) this.#host.subscriptions.leave(this.#caller);
    this.#leavePlace?.();
    this.#running.clear();
  }

  #stopInitTimer(): void {
    if (this.#initTimer) clearTimeout(this.#initTimer);
    this.#initTimer = null;
  }

  #send(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
