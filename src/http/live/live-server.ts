import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import type { GraphQLContext } from '../../../schema/context.ts';
import type { Principal } from '../../access/principal.ts';
import { principalOf } from '../authenticate.ts';
import { clientAddress } from '../client-address.ts';
import type { Exchange } from '../exchange.ts';
import type { CheckedSubscription, Engine } from '../graphql-engine.ts';
import { presentError } from '../graphql-errors.ts';
import { refreshPrincipal } from '../refresh-principal.ts';
import { Refusal } from '../refusal.ts';
import { Caller } from './caller.ts';
import { EventStream } from './event-stream.ts';
import { SOCKET_LIMITS, type SocketLimits } from './limits.ts';
import { Places } from './places.ts';
import { readSocketCredential } from './socket-credential.ts';
import { Sockets } from './sockets.ts';
import type { SubscriberLimits } from './subscriber.ts';
import { Subscriptions } from './subscriptions.ts';

type Services = Omit<GraphQLContext, 'principal' | 'request' | 'response'>;

/** Limits of subscriptions and of what they run over. */
export type LiveLimits = SocketLimits & SubscriberLimits;

/** Subscriptions over WebSocket and Server-Sent Events. */
export class LiveServer {
  readonly subscriptions: Subscriptions;
  readonly sockets: Sockets;
  readonly #services: Services;
  readonly #places: Places;
  readonly #callers = new Set<Caller>();

  constructor(services: Services, schema: GraphQLSchema, run: Engine, limits: Partial<LiveLimits> = {}) {
    const all = { ...SOCKET_LIMITS, ...limits };
    this.#services = services;
    this.#places = new Places(all.perCaller);
    this.subscriptions = new Subscriptions(services, schema, limits);
    const host = {
      run,
      limits: all,
      subscriptions: this.subscriptions,
      authenticate: (request: IncomingMessage, payload: unknown) => this.#authenticate(request, payload),
      takePlace: (principal: Principal) => this.#places.take(principal),
      context: (request: IncomingMessage, principal: Principal) => this.#context(request, principal),
    };
    this.sockets = new Sockets(host, () => services.publicUrl);
  }

  /** Must be called before `live` starts: rights are checked before events are passed on. */
  start(): void {
    this.subscriptions.start();
  }

  /** Takes over a connection whose client asked for a WebSocket. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.sockets.upgrade(request, stream, head);
  }

  /** Runs a subscription over Server-Sent Events. Rejects, with nothing sent, where it can't be started. */
  async stream(
    { request, response }: Exchange,
    context: GraphQLContext,
    subscription: CheckedSubscription,
  ): Promise<void> {
    const { principal } = context;
    if (!principal)
      throw new Refusal(401, 'UNAUTHENTICATED', 'This needs a credential', { 'WWW-Authenticate': 'Bearer' });
    const leavePlace = this.#places.take(principal);
    if (!leavePlace) throw new Refusal(429, 'BAD_REQUEST', 'Too many connections of one caller');
    const stream = new EventStream(response);
    const caller = new Caller(principal, context.request.ip, () => response.end());
    const leave = (): void => {
      this.#callers.delete(caller);
      this.subscriptions.leave(caller);
      leavePlace();
    };
    response.once('close', leave);
    this.#callers.add(caller);
    this.subscriptions.enter(caller);
    const lastEventId = request.headers['last-event-id'];
    try {
      await this.subscriptions.subscribe(caller, subscription, context, stream, {
        created: () => stream.open(),
        ended: () => {},
        resumeAt: typeof lastEventId === 'string' ? lastEventId : null,
      });
    } catch (error) {
      if (!response.headersSent) {
        response.off('close', leave);
        leave();
        throw error;
      }
      stream.error([presentError(error, context.request, context.log).toJSON()]);
    }
  }

  /** Ends every subscription; sockets that don't close within `graceMs` are cut. */
  async stop(graceMs: number): Promise<void> {
    for (const caller of [...this.#callers]) for (const one of [...caller.subscribers]) one.complete();
    await this.sockets.stop(graceMs);
    this.subscriptions.stop();
  }

  async #authenticate(request: IncomingMessage, payload: unknown): Promise<Principal | null> {
    let credential: ReturnType<typeof readSocketCredential>;
    try {
      credential = readSocketCredential(request, payload);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return null;
      throw error;
    }
    const ip = clientAddress(request, this.#services.config.trustedProxies);
    return credential && principalOf(credential, this.#services, ip);
  }

  #context(request: IncomingMessage, principal: Principal): GraphQLContext {
    const ip = clientAddress(request, this.#services.config.trustedProxies);
    const userAgent = request.headers['user-agent'] ?? null;
    const facts = { id: randomUUID(), ip, userAgent };
    return {
      ...this.#services,
      publicUrl: this.#services.publicUrl,
      principal,
      refreshPrincipal: (db) => refreshPrincipal({ db, clock: this.#services.clock }, principal, ip),
      request: facts,
      response: {},
    };
  }
}
