import type { SubscribeMessage } from 'graphql-ws';
import type { GraphQLContext } from '../../../schema/context.ts';
import type { Principal } from '../../access/principal.ts';
import type { ClientFacts } from '../../context.ts';
import type { LiveLimits } from '../../core/config/live-limits.ts';
import { AppError } from '../../core/errors.ts';
import type { Ticket } from '../../graphql/cost/operation-limits.ts';
import type { GraphQLEngine } from '../../graphql/engine.ts';
import { presentError, presentResult } from '../../graphql/graphql-errors.ts';
import { checkParams } from '../../graphql/params.ts';
import type { Caller } from '../../graphql/subscriptions/caller.ts';
import { SharedResult } from '../../graphql/subscriptions/shared-execution.ts';
import type { Subscriber } from '../../graphql/subscriptions/subscriber.ts';
import type { Subscriptions } from '../../graphql/subscriptions/subscriptions.ts';
import type { SocketSink } from './socket-sink.ts';

/** Where a client is, and what it says it is. */
export type Client = Pick<ClientFacts, 'ip' | 'userAgent'>;

/** What operations need of the server around them. */
export interface OperationsHost {
  readonly run: GraphQLEngine['run'];
  readonly subscriptions: Subscriptions;
  readonly limits: LiveLimits;
  /** Who the caller is by now; null if its credential is not accepted any longer. */
  refresh(caller: Caller): Promise<Principal | null>;
  context(client: Client, principal: Principal): GraphQLContext;
  /** What an operation counts against. */
  ticketFor(principal: Principal, ip: string | null): Ticket;
  /** Takes note of work that must end before the server does. */
  atWork(work: Promise<void>): void;
}

/** An operation: `subscriber` null until a subscription has one. */
interface Running {
  readonly sink: SocketSink;
  subscriber: Subscriber | null;
  /** The client wants no more of it. */
  stopped: boolean;
  /** Aborted then. */
  readonly gone: AbortController;
}

/** What operations tell the connection that carries them. */
export interface OperationsEvents {
  /** A query or mutation was answered. */
  answered(): void;
  /** After `end`: nothing is under way any longer. */
  idle(): void;
}

/** What one caller has under way on its socket. */
export class Operations {
  readonly #host: OperationsHost;
  readonly #client: Client;
  readonly #caller: Caller;
  readonly #events: OperationsEvents;
  readonly #running = new Map<string, Running>();
  #atWork = 0;
  /** The server stops: nothing begins any longer. */
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
    // What was given up runs on for a while: as many of those may be beside.
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
        const { client, log } = this.#host.context(this.#client, this.#caller.principal);
        if (!running.stopped) sink.error([presentError(error, client, log).toJSON()]);
        over();
      })
      .finally(() => {
        this.#atWork -= 1;
        this.#tellIfIdle();
      });
    this.#host.atWork(work);
  }

  /** The client wants no more of an operation. */
  complete(id: string): void {
    const running = this.#running.get(id);
    if (!running) return;
    stop(running);
    this.#running.delete(id);
    running.subscriber?.stop();
  }

  /** The client is gone. */
  stop(): void {
    for (const running of this.#running.values()) stop(running);
    this.#running.clear();
  }

  /** Ends every subscription; queries and mutations under way are answered first. */
  end(): void {
    this.#ending = true;
    for (const { subscriber } of [...this.#running.values()]) subscriber?.complete();
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
    // Another result would only wait with those before it.
    if (sink.buffered > this.#host.limits.bufferedMax) await sink.drained();
    if (running.stopped) return over();
    // As for every request over HTTP: the caller, and what it may do, is read again.
    const principal = await this.#host.refresh(this.#caller);
    if (!principal) return this.#caller.lose();
    const context = this.#host.context(this.#client, principal);
    const charge = this.#host.ticketFor(principal, this.#client.ip);
    let outcome: Awaited<ReturnType<GraphQLEngine['run']>>;
    try {
      charge.begin(size);
      const { signal } = running.gone;
      outcome = await run(params, Object.assign(context, { charge, started: () => {} }), signal);
    } finally {
      charge.leave();
    }
    if (running.stopped) return;
    if ('subscription' in outcome) {
      if (this.#ending) throw new AppError('UNAVAILABLE', 'The server is shutting down');
      return subscriptions.subscribe(this.#caller, outcome.subscription, context, sink, {
        created: (subscriber) => {
          running.subscriber = subscriber;
          if (running.stopped) subscriber.stop();
          else if (this.#ending) subscriber.complete();
        },
        ended: over,
      });
    }
    const result = presentResult(outcome, context.client, context.log);
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
  running.gone.abort();
}
