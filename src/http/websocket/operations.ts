import type { SubscribeMessage } from 'graphql-ws';
import type { GraphQLContext } from '../../../schema/context.ts';
import type { Principal } from '../../access/principal.ts';
import type { ClientFacts } from '../../context.ts';
import type { LiveLimits } from '../../core/config/live-limits.ts';
import { UnavailableError } from '../../core/errors.ts';
import type { Ticket } from '../../graphql/cost/operation-limits.ts';
import type { GraphQLEngine } from '../../graphql/engine.ts';
import { presentError, presentResult } from '../../graphql/graphql-errors.ts';
import { checkParams } from '../../graphql/params.ts';
import type { Caller } from '../../graphql/subscriptions/caller.ts';
import { SharedResult } from '../../graphql/subscriptions/shared-execution.ts';
import type { Subscriber } from '../../graphql/subscriptions/subscriber.ts';
import type { Subscriptions } from '../../graphql/subscriptions/subscriptions.ts';
import type { VerifierConnection } from '../../verifiers/stream/verifier-connection.ts';
import type { SocketSink } from './socket-sink.ts';

/** The client's address and user agent. */
export interface Client extends Pick<ClientFacts, 'ip' | 'userAgent'> {
  /** The web origin of its page. Null: a page of this server, or a program. */
  readonly origin: string | null;
  /** Its socket, as far as verifiers are concerned. Null: an event stream. */
  readonly verifier: VerifierConnection | null;
}

/** What operations need from the server. */
export interface OperationsHost {
  readonly run: GraphQLEngine['run'];
  readonly subscriptions: Subscriptions;
  readonly limits: LiveLimits;
  /** The current caller, or null if its credential is no longer accepted. */
  refresh(caller: Caller): Promise<Principal | null>;
  context(client: Client, principal: Principal): GraphQLContext;
  /** The limits that an operation counts against. */
  ticketFor(principal: Principal, ip: string | null): Ticket;
  /** Registers work that must complete before shutdown. */
  atWork(work: Promise<void>): void;
}

/** An operation. `subscriber` is null until a subscription has one. */
interface Running {
  readonly sink: SocketSink;
  subscriber: Subscriber | null;
  /** The client has canceled it. */
  stopped: boolean;
  /** Aborted when the client cancels. */
  gone: AbortController | null;
}

/** Callbacks to the connection that carries the operations. */
export interface OperationsEvents {
  /** A query or mutation was answered. */
  answered(): void;
  /** After `end`: nothing is pending. */
  idle(): void;
  /** An operation can't run at the moment. */
  interrupted(): void;
}

/** A caller's pending operations on its socket. */
export class Operations {
  readonly #host: OperationsHost;
  readonly #client: Client;
  readonly #caller: Caller;
  readonly #events: OperationsEvents;
  readonly #running = new Map<string, Running>();
  #atWork = 0;
  /** Shutting down: nothing may start. */
  #ending = false;

  constructor(host: OperationsHost, client: Client, caller: Caller, events: OperationsEvents) {
    this.#host = host;
    this.#client = client;
    this.#caller = caller;
    this.#events = events;
  }

  has(id: string): boolean {
    return this.#running.has(id);
  }

  /** `size` is the length of the message, in UTF-16 units. */
  start(id: string, payload: SubscribeMessage['payload'], size: number, sink: SocketSink): void {
    if (this.#ending) return;
    const { operations } = this.#host.limits;
    // Canceled operations run on for a while; this many may run in addition.
    if (this.#running.size >= operations || this.#atWork >= 2 * operations) {
      const message = `A socket can run at most ${operations} operations at a time`;
      return sink.error([{ message, extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }]);
    }
    const running: Running = { sink, subscriber: null, stopped: false, gone: new AbortController() };
    this.#running.set(id, running);
    const over = (): void => {
      if (this.#running.get(id) === running) this.#running.delete(id);
    };
    this.#atWork += 1;
    const work = this.#run(running, payload, size, over)
      .catch((error: unknown) => {
        // Nothing has run: the client can send it again.
        if (error instanceof UnavailableError) return this.#events.interrupted();
        const context = this.#host.context(this.#client, this.#caller.principal);
        if (!running.stopped) sink.error([presentError(error, context.client, context).toJSON()]);
        over();
      })
      .finally(() => {
        this.#atWork -= 1;
        this.#tellIfIdle();
      });
    this.#host.atWork(work);
  }

  /** The client cancels an operation. */
  complete(id: string): void {
    const running = this.#running.get(id);
    if (!running) return;
    stop(running);
    this.#running.delete(id);
    running.subscriber?.stop();
  }

  /** The client has disconnected. */
  stop(): void {
    for (const running of this.#running.values()) stop(running);
    this.#running.clear();
  }

  /**
   * Ends every subscription without notifying the client, which subscribes again when its socket closes. Pending
   * queries and mutations complete first.
   */
  end(): void {
    this.#ending = true;
    for (const { subscriber } of [...this.#running.values()]) subscriber?.stop();
    this.#tellIfIdle();
  }

  async #run(
    running: Running,
    payload: SubscribeMessage['payload'],
    size: number,
    over: () => void,
  ): Promise<void> {
    const { run, subscriptions } = this.#host;
    const { sink } = running;
    const params = checkParams(payload);
    // Another result would only be buffered.
    if (sink.buffered > this.#host.limits.bufferedMax) await sink.drained();
    if (running.stopped) return over();
    // As for every HTTP request, the caller and its permissions are re-read.
    const principal = await this.#host.refresh(this.#caller);
    if (!principal) return this.#caller.lose();
    const context = this.#host.context(this.#client, principal);
    const charge = this.#host.ticketFor(principal, this.#client.ip);
    let outcome: Awaited<ReturnType<GraphQLEngine['run']>>;
    try {
      charge.begin(size);
      outcome = await run(
        params,
        Object.assign(context, { charge, started: () => {} }),
        running.gone?.signal,
      );
      // Releases a kilobyte that waiting subscriptions don't need.
      running.gone = null;
    } finally {
      charge.leave();
    }
    if (running.stopped) return;
    if ('subscription' in outcome) {
      if (this.#ending) return;
      return subscriptions.subscribe(this.#caller, outcome.subscription, context, sink, {
        created: (subscriber) => {
          running.subscriber = subscriber;
          if (running.stopped || this.#ending) subscriber.stop();
        },
        ended: over,
      });
    }
    const result = presentResult(outcome, context.client, context);
    over();
    if (result.data === undefined) return sink.error((result.errors ?? []).map((error) => error.toJSON()));
    sink.next(new SharedResult(result));
    sink.complete();
    this.#events.answered();
  }

  #tellIfIdle(): void {
    if (this.#ending && this.#atWork === 0) this.#events.idle();
  }
}

function stop(running: Running): void {
  running.stopped = true;
  running.gone?.abort();
}
