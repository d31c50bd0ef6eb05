import { type ExecutionResult, GraphQLError } from 'graphql';
import type { GraphQLContext, ResponseEffects } from '../../../schema/context.ts';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { Refusal } from '../../core/refusal.ts';
import type { OperationLimits, Ticket } from '../../graphql/cost/operation-limits.ts';
import { COST_MAX } from '../../graphql/cost/query-cost.ts';
import type { Engine } from '../../graphql/graphql-engine.ts';
import { presentError, presentResult } from '../../graphql/graphql-errors.ts';
import { refreshPrincipal } from '../../graphql/refresh-principal.ts';
import { hasStatus } from '../../graphql/request-fault.ts';
import { authenticate } from '../auth/authenticate.ts';
import { isFromOtherOrigin, isFromOwnPage, sessionCookies } from '../auth/session-cookie.ts';
import { clientAddress } from '../client-address.ts';
import type { Connections } from '../connections/connections.ts';
import { type Exchange, respond } from '../exchange.ts';
import type { LiveServer } from '../websocket/live-server.ts';
import { acceptedMediaType, asksFor, MEDIA_TYPES, type MediaType } from './accept.ts';
import { readParams } from './graphql-params.ts';
import { answerHead } from './graphql-status.ts';

/** What a request's context is made of before there is a request. */
export type ServerServices = Omit<GraphQLContext, 'principal' | 'client' | 'response'>;

/** Answers GraphQL over HTTP (its specification's draft), and GraphiQL to browsers where that is on. */
export function graphqlHandler(
  given: ServerServices,
  {
    run,
    live,
    operationLimits,
    connections,
  }: {
    readonly run: Engine;
    readonly live: LiveServer;
    readonly operationLimits: OperationLimits;
    readonly connections: Connections;
  },
) {
  // Without getters, which every request would ask anew.
  const services = { ...given };
  return async (exchange: Exchange): Promise<void> => {
    const { request } = exchange;
    if (
      services.config.graphiql &&
      request.method === 'GET' &&
      asksFor(request.headers.accept, 'text/html')
    ) {
      const { sendGraphiql } = await import('./graphiql.ts');
      return sendGraphiql(exchange);
    }
    const streaming = asksFor(request.headers.accept, 'text/event-stream');
    const mediaType = acceptedMediaType(request.headers.accept) ?? (streaming ? 'application/json' : null);
    let priced: Ticket | null = null;
    try {
      if (!mediaType) throw notAcceptable();
      // Before the caller is looked up: a body may take its time, and a credential can end meanwhile.
      const ip = clientAddress(request, services.config.trustedProxies);
      const unparsed = await readParams(exchange, { unread: connections.unread, ip });
      const principal = await authenticate(request, services, ip, (cookies) =>
        exchange.response.setHeader('Set-Cookie', cookies),
      );
      if (principal) exchange.actor = principal.actor;
      const context = contextOf(exchange, services, principal, ip);
      const ticket = operationLimits.ticketFor(principal, ip);
      if (asksCost(request)) priced = ticket;
      const outcome = await charged(exchange, ticket, unparsed.size, () =>
        run({
          params: unparsed.parse(),
          method: request.method === 'POST' ? 'POST' : 'GET',
          context,
          charge: ticket,
          started: (description) => {
            exchange.operation = description;
          },
        }),
      );
      if ('subscription' in outcome) {
        if (!streaming) throw notStreaming();
        await live.stream(exchange, context, outcome.subscription);
      } else {
        sendResult(exchange, mediaType, withCost(outcome, priced), services);
      }
    } catch (error) {
      if (error instanceof AppError && !(error instanceof Refusal)) {
        return sendResult(
          exchange,
          mediaType ?? 'application/json',
          withCost({ errors: [toGraphQL(error)] }, priced),
          services,
        );
      }
      const { status, headers } = error instanceof Refusal ? error : { status: 500, headers: {} };
      const errors = [presentError(error, exchange, services.log)];
      send(exchange, mediaType ?? 'application/json', status, { errors }, headers);
    }
  };
}

/** Does the work of an operation within its caller's limits, and tells in headers what is left of them. */
async function charged<T>(
  exchange: Exchange,
  ticket: Ticket,
  size: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    ticket.begin(size);
    return await work();
  } finally {
    ticket.leave();
    exchange.headers.push(...ticket.headers());
  }
}

/** Whether the client asks what its operation costs. */
function asksCost({ headers }: Exchange['request']): boolean {
  return headers['x-keywright-cost'] === '1';
}

function withCost(result: ExecutionResult, ticket: Ticket | null): ExecutionResult {
  if (!ticket) return result;
  const { cost, charged, remaining } = ticket;
  const told = { requested: cost, limit: COST_MAX, charged, remaining };
  return { ...result, extensions: { ...result.extensions, cost: told } };
}

function contextOf(
  exchange: Exchange,
  services: ServerServices,
  principal: Principal | null,
  ip: string | null,
): GraphQLContext {
  const {
    db,
    unhurried,
    scans,
    bus,
    usage,
    limiter,
    failures,
    keys,
    deniedAttempts,
    clock,
    log,
    config,
    publicUrl,
    live,
  } = services;
  const { request, id } = exchange;
  // Named, not spread: copying an object of so many properties takes longer than all else that is done for a small answer.
  return {
    db,
    unhurried,
    scans,
    bus,
    usage,
    limiter,
    failures,
    keys,
    deniedAttempts,
    clock,
    log,
    config,
    publicUrl,
    live,
    principal,
    refreshPrincipal: async (db) => principal && refreshPrincipal({ db, clock }, principal, ip),
    client: { id, ip, userAgent: request.headers['user-agent'] ?? null },
    response: isFromOwnPage(request) ? pageEffects(exchange, services) : {},
  };
}

/** What an answer can do for a page of this server. */
function pageEffects(exchange: Exchange, { publicUrl, clock }: ServerServices): ResponseEffects {
  return {
    requireOwnOrigin() {
      if (isFromOtherOrigin(exchange.request, publicUrl))
        throw new AppError(
          'BAD_REQUEST',
          `This page can't sign in here: open it at ${publicUrl} (PUBLIC_URL)`,
        );
    },
    setSessionCookie(token, expiresAt = 0) {
      const seconds = (expiresAt - clock.now()) / 1000;
      const session = token === null ? null : { token, seconds };
      exchange.response.setHeader('Set-Cookie', sessionCookies(exchange.request, publicUrl, session));
    },
  };
}

function sendResult(
  exchange: Exchange,
  mediaType: MediaType,
  result: ExecutionResult,
  services: ServerServices,
) {
  const shown = presentResult(result, exchange, services.log);
  const refusedMethod = result.errors?.some((error) => hasStatus(error.extensions?.http, 405)) ?? false;
  const { status, headers } = answerHead(shown, mediaType, { refusedMethod });
  send(exchange, mediaType, status, shown, headers);
}

function send(
  exchange: Exchange,
  mediaType: MediaType,
  status: number,
  result: ExecutionResult,
  headers: Readonly<Record<string, string>> = {},
) {
  // Answers hold what only the caller may see, now and then a secret.
  const all = { 'Cache-Control': 'no-store', ...headers };
  respond(exchange, status, `${mediaType}; charset=utf-8`, JSON.stringify(result), all);
}

function notStreaming(): Refusal {
  const message =
    'A subscription is answered as an event stream (Accept: text/event-stream), or over WebSocket';
  return new Refusal(406, 'BAD_REQUEST', message);
}

function toGraphQL(error: AppError): GraphQLError {
  return new GraphQLError(error.message, { originalError: error });
}

function notAcceptable(): Refusal {
  return new Refusal(406, 'BAD_REQUEST', `The answer can be ${MEDIA_TYPES.join(' or ')}, in UTF-8`);
}
