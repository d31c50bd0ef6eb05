import { type ExecutionResult, GraphQLError } from 'graphql';
import type { GraphQLContext } from '../../schema/context.ts';
import type { Principal } from '../access/principal.ts';
import { AppError } from '../core/errors.ts';
import { acceptedMediaType, asksFor, MEDIA_TYPES, type MediaType } from './accept.ts';
import { authenticate } from './authenticate.ts';
import { clientAddress } from './client-address.ts';
import { type Exchange, respond } from './exchange.ts';
import type { Engine } from './graphql-engine.ts';
import { presentError, presentResult } from './graphql-errors.ts';
import { readParams } from './graphql-params.ts';
import { answerHead } from './graphql-status.ts';
import type { LiveServer } from './live/live-server.ts';
import { refreshPrincipal } from './refresh-principal.ts';
import { Refusal } from './refusal.ts';
import { hasStatus } from './request-fault.ts';
import { isFromOwnPage, sessionCookie } from './session-cookie.ts';

/** What a request's context is made of before there is a request. */
export type ServerServices = Omit<GraphQLContext, 'principal' | 'request' | 'response'>;

/** Answers GraphQL over HTTP (its specification's draft), and GraphiQL to browsers where that is on. */
export function graphqlHandler(given: ServerServices, run: Engine, live: LiveServer) {
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
    try {
      if (!mediaType) throw notAcceptable();
      // Before the caller is looked up: a body may take its time, and a credential can end meanwhile.
      const params = await readParams(exchange);
      const ip = clientAddress(request, services.config.trustedProxies);
      const principal = await authenticate(request, services, ip);
      if (principal) exchange.actor = principal.actor;
      const context = contextOf(exchange, services, principal, ip);
      const outcome = await run({
        params,
        method: request.method === 'POST' ? 'POST' : 'GET',
        context,
        started: (description) => {
          exchange.operation = description;
        },
      });
      if ('subscription' in outcome) {
        if (!streaming) throw notStreaming();
        await live.stream(exchange, context, outcome.subscription);
      } else {
        sendResult(exchange, mediaType, outcome, services);
      }
    } catch (error) {
      if (error instanceof AppError && !(error instanceof Refusal)) {
        return sendResult(
          exchange,
          mediaType ?? 'application/json',
          { errors: [toGraphQL(error)] },
          services,
        );
      }
      const { status, headers } = error instanceof Refusal ? error : { status: 500, headers: {} };
      const errors = [presentError(error, exchange, services.log)];
      send(exchange, mediaType ?? 'application/json', status, { errors }, headers);
    }
  };
}

function contextOf(
  { request, response, id }: Exchange,
  services: ServerServices,
  principal: Principal | null,
  ip: string | null,
): GraphQLContext {
  const { db, bus, usage, limiter, failures, keys, clock, log, config, publicUrl, live } = services;
  const setSessionCookie = (token: string | null, expiresAt = 0) => {
    const seconds = (expiresAt - clock.now()) / 1000;
    response.setHeader('Set-Cookie', sessionCookie(token, seconds, publicUrl));
  };
  // Named, not spread: copying an object of so many properties takes longer than all else that is done for a small answer.
  return {
    db,
    bus,
    usage,
    limiter,
    failures,
    keys,
    clock,
    log,
    config,
    publicUrl,
    live,
    principal,
    refreshPrincipal: async (db) => principal && refreshPrincipal({ db, clock }, principal, ip),
    request: { id, ip, userAgent: request.headers['user-agent'] ?? null },
    response: isFromOwnPage(request) ? { setSessionCookie } : {},
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
