import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { GraphQLContext } from '../../../schema/context.ts';
import type { Principal } from '../../access/principal.ts';
import type { LiveLimits } from '../../core/config/live-limits.ts';
import { UnavailableError } from '../../core/errors.ts';
import { invalidCredential, Refusal } from '../../core/refusal.ts';
import { createContext, type ServerServices } from '../../graphql/context.ts';
import type { OperationLimits } from '../../graphql/cost/operation-limits.ts';
import type { GraphQLEngine } from '../../graphql/engine.ts';
import { presentError } from '../../graphql/graphql-errors.ts';
import type { PricedSubscription } from '../../graphql/operation-context.ts';
import { refreshPrincipal } from '../../graphql/refresh-principal.ts';
import { Caller } from '../../graphql/subscriptions/caller.ts';
import { Subscriptions } from '../../graphql/subscriptions/subscriptions.ts';
import { acceptSession } from '../../sessions/authenticate-session.ts';
import type { VerifierConnection } from '../../verifiers/stream/verifier-connection.ts';
import { principalOf } from '../auth/authenticate.ts';
import { findCookieSessions } from '../auth/cookie-caller.ts';
import type { Credential } from '../auth/credentials.ts';
import { failedCredential } from '../auth/too-many-failures.ts';
import { clientAddress } from '../client-address.ts';
import type { Connections } from '../connections/connections.ts';
import { foreignOrigin, requireOrigin } from '../cors/foreign-origin.ts';
import { ResultStream } from '../graphql/event-stream.ts';
import type { HttpContext } from '../graphql/http-context.ts';
import { refuseUpgrade } from '../upgrade-answer.ts';
import { ConnectionLimiter } from './connection-limiter.ts';
import type { Client } from './operations.ts';
import { notStreaming, tooMany } from './refusals.ts';
import { isFromOwnOrigin, readSocketCredential } from './socket-credential.ts';
import { Sockets } from './sockets.ts';

/** Subscriptions over WebSocket and Server-Sent Events. */
export class LiveServer {
  readonly subscriptions: Subscriptions;
  readonly sockets: Sockets;
  readonly #services: ServerServices;
  /** The services without getters; set when the address is known. */
  #shared: ServerServices | null = null;
  readonly #connections: Connections;
  readonly #connectionLimiter: ConnectionLimiter;
  readonly #pingIntervalMs: number;
  /** Event streams only: sockets track their own. */
  readonly #callers = new Set<Caller>();
  readonly #work = new Set<Promise<void>>();
  #stopping = false;

  constructor(
    services: ServerServices,
    schema: GraphQLSchema,
    {
      run,
      connections,
      operationLimits,
      limits,
    }: {
      readonly run: GraphQLEngine['run'];
      readonly connections: Connections;
      readonly operationLimits: OperationLimits;
      readonly limits: LiveLimits;
    },
  ) {
    this.#services = services;
    this.#connections = connections;
    this.#connectionLimiter = new ConnectionLimiter(limits.perCaller);
    this.#pingIntervalMs = limits.pingIntervalMs;
    this.subscriptions = new Subscriptions(services, schema, limits);
    const host = {
      run,
      limits,
      ticketFor: (principal: Principal, ip: string | null) => operationLimits.ticketFor(principal, ip),
      subscriptions: this.subscriptions,
      authenticate: (request: IncomingMessage, payload: unknown) => this.#authenticate(request, payload),
      refresh: (caller: Caller) => this.#refresh(caller),
      atWork: (work: Promise<void>) => this.#atWork(work),
      acquireSlot: (principal: Principal) => this.#connectionLimiter.acquire(principal),
      clientOf: (request: IncomingMessage, verifier: VerifierConnection) => this.#clientOf(request, verifier),
      verifiers: services.verifiers,
      context: (client: Client, principal: Principal) => this.#context(client, principal),
      wrote: (stream: Duplex) => connections.wrote(stream),
      unread: connections.unread,
    };
    this.sockets = new Sockets(host);
  }

  /** Takes over a connection that requested a WebSocket upgrade. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { ip } = this.#clientOf(request);
    if (!this.#connections.attribute(stream, ip)) return refuseUpgrade(stream, '503 Service Unavailable');
    this.sockets.upgrade(request, stream, head, ip);
  }

  /** Starts a subscription over Server-Sent Events. Rejects, with nothing sent, if it can't be started. */
  async stream(
    context: HttpContext,
    subscription: PricedSubscription,
  ): Promise<AsyncIterable<ExecutionResult>> {
    const { request, response } = context.exchange;
    if (!context.streaming) throw notStreaming();
    // The client may already have disconnected, and `close` is not emitted again.
    if (response.destroyed) return nothing();
    const { principal } = context;
    if (!principal)
      throw new Refusal(401, 'UNAUTHENTICATED', 'Authentication is required', {
        'WWW-Authenticate': 'Bearer',
      });
    const releaseSlot = this.#connectionLimiter.acquire(principal);
    if (!releaseSlot) throw tooMany('caller');
    const giveBack = this.#connections.attribute(request.socket, context.client.ip);
    if (!giveBack) {
      releaseSlot();
      throw tooMany('address');
    }
    const wrote = (): void => this.#connections.wrote(request.socket);
    const results = new ResultStream(response, this.#pingIntervalMs, wrote);
    context.stream = results;
    const caller = new Caller(principal, this.#clientOf(request), () => results.complete());
    const leaveAhead = this.#connections.holdAhead(request.socket, () => results.waitingBytes);
    const leave = (): void => {
      if (!this.#callers.delete(caller)) return;
      this.subscriptions.leave(caller);
      leaveAhead();
      giveBack();
      releaseSlot();
    };
    this.#callers.add(caller);
    response.once('close', leave);
    this.subscriptions.enter(caller);
    const lastEventId = request.headers['last-event-id'];
    return new Promise((resolve, reject) => {
      let started = false;
      const subscribed = this.subscriptions.subscribe(caller, subscription, context, results, {
        created: (subscriber) => {
          started = true;
          resolve(results);
          if (this.#stopping) subscriber.interrupt();
        },
        ended: () => {},
        resumeAt: typeof lastEventId === 'string' ? lastEventId : null,
      });
      subscribed.catch((error: unknown) => {
        // As for sockets: the client opens the stream again, and resumes.
        if (started && error instanceof UnavailableError) return results.interrupt();
        if (started) return results.error([presentError(error, context.client, context).toJSON()]);
        leave();
        reject(error);
      });
    });
  }

  /**
   * Ends every subscription, so that clients subscribe again, and completes pending operations of sockets within
   * `graceMs`.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    for (const caller of [...this.#callers]) for (const one of [...caller.subscribers]) one.interrupt();
    await this.sockets.stop(graceMs);
    await this.#finishWork();
    this.subscriptions.stop();
  }

  #atWork(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  /** Pending work may continue after its client has disconnected. */
  async #finishWork(): Promise<void> {
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      deadline = setTimeout(resolve, FINISH_WORK_MS);
    });
    await Promise.race([Promise.all(this.#work), late]);
    clearTimeout(deadline);
  }

  /** As for HTTP requests: the protocol has one close code for rejected credentials, and one for retrying later. */
  async #authenticate(request: IncomingMessage, payload: unknown): Promise<Principal | null> {
    const { ip, origin } = this.#clientOf(request);
    const credential = this.#credentialOf(request, payload);
    if (credential === null) return this.#cookieCaller(request, ip);
    const principal = credential && (await principalOf(credential, this.#services, ip));
    if (principal) return requireOrigin(this.#services, principal, origin);
    this.#countFailure(ip);
    return null;
  }

  /** Authenticates a cookie if the page is ours. With several session cookies, none is trusted. */
  async #cookieCaller(request: IncomingMessage, ip: string | null): Promise<Principal | null> {
    if (!isFromOwnOrigin(request, this.#services.publicUrl)) return null;
    const { presented, accepted } = await findCookieSessions(request, this.#services);
    if (accepted.length === 1) return accepted[0] ?? null;
    if (presented > 0 && accepted.length === 0) this.#countFailure(ip);
    return null;
  }

  #countFailure(ip: string | null): void {
    const refusal = failedCredential(this.#services, ip, invalidCredential());
    if (refusal.code === 'RATE_LIMITED') throw refusal;
  }

  /** Null without one, undefined if it is malformed. */
  #credentialOf(request: IncomingMessage, payload: unknown): Credential | null | undefined {
    try {
      return readSocketCredential(request, payload);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return undefined;
      throw error;
    }
  }

  /** As over HTTP, operations on a socket count as use of the session; an open socket does not. */
  async #refresh({ principal, ip, origin }: Caller): Promise<Principal | null> {
    const { db, clock } = this.#services;
    const refreshed =
      principal.kind === 'user'
        ? await acceptSession(db, clock, { id: principal.sessionId })
        : await refreshPrincipal(this.#services, principal, ip);
    return refreshed && requireOrigin(this.#services, refreshed, origin);
  }

  #clientOf(request: IncomingMessage, verifier: VerifierConnection | null = null): Client {
    const ip = clientAddress(request, this.#services.config.trustedProxies);
    const origin = foreignOrigin(request, this.#services.publicUrl);
    return { ip, userAgent: request.headers['user-agent'] ?? null, origin, verifier };
  }

  #context({ ip, userAgent, verifier }: Client, principal: Principal): GraphQLContext {
    this.#shared ??= { ...this.#services };
    const client = { id: randomUUID(), ip, userAgent };
    return createContext(this.#shared, { principal, client, verifierConnection: verifier });
  }
}

/** How long work whose client has disconnected may take when the server stops, milliseconds. */
const FINISH_WORK_MS = 2_000;

async function* nothing(): AsyncGenerator<never> {}
