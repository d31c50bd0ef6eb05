import type { IncomingMessage } from 'node:http';
import { type NodeRequest, sendNodeResponse } from '@whatwg-node/server';
import type { ResponseEffects } from '../../../schema/context.ts';
import { AppError } from '../../core/errors.ts';
import { createContext, type ServerServices } from '../../graphql/context.ts';
import { ENDPOINT, type GraphQLEngine } from '../../graphql/engine.ts';
import type { Charge } from '../../graphql/operation-context.ts';
import { isFromOtherOrigin, isFromOwnPage, sessionCookies } from '../auth/session-cookie.ts';
import { clientAddress } from '../client-address.ts';
import { allHeaders, type Exchange } from '../exchange.ts';
import { headerValues } from '../headers.ts';
import type { LiveServer } from '../websocket/live-server.ts';
import type { HttpContext } from './http-context.ts';

/** For operations that end before the caller is known. */
const NOBODY: Charge = { cost: null, spend() {}, owe() {} };

const { host, pathname } = new URL(ENDPOINT);

/** Passes requests at /graphql to yoga, and sends its responses. */
export function graphqlHandler(services: ServerServices, engine: GraphQLEngine, live: LiveServer) {
  const { handleNodeRequestAndResponse } = engine.yoga;
  // Without getters, which every request would call again.
  const shared = { ...services };
  return async (exchange: Exchange): Promise<void> => {
    const { request, response } = exchange;
    exchange.headers.push('Vary', 'Origin');
    const context = contextOf(exchange, shared, live);
    try {
      const result = await handleNodeRequestAndResponse(atEndpoint(request), response, context);
      send(exchange, result, context);
    } finally {
      context.ticket?.leave();
    }
  };
}

/**
 * A request whose URL is always yoga's endpoint: yoga would parse the client's Host header and query, and match both
 * with routes of its own. Yoga doesn't support HEAD; Node.js omits the body of its response.
 */
function atEndpoint(request: IncomingMessage): NodeRequest {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  // A separate object: V8 slows down objects that are used as prototypes.
  const raw = {
    originalUrl: pathname,
    headers: { host },
    [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
  };
  return { method, headers: request.headers, raw: raw as object as IncomingMessage };
}

/**
 * Sends yoga's response. A complete body ends the response in the same write as the headers, since two writes take a
 * third of a small request's time. Nothing waits for the client, which may read slowly or never.
 */
function send(exchange: Exchange, result: Response, { sent }: HttpContext): void {
  const { request, response } = exchange;
  if (response.destroyed || response.headersSent) return;
  if (sent?.response !== result) {
    // A plugin's own response doesn't have these headers.
    for (const [name, value] of Object.entries(allHeaders(exchange, { 'Cache-Control': 'no-store' })))
      if (!result.headers.has(name)) response.setHeader(name, value);
    return void sendNodeResponse(result, response, request, true);
  }
  const headers: Record<string, string> = {};
  result.headers.forEach((value, name) => {
    headers[name] = value;
  });
  response.writeHead(result.status, headers);
  response.end(sent.body);
}

function contextOf(exchange: Exchange, services: ServerServices, live: LiveServer): HttpContext {
  const { request, id } = exchange;
  const ip = clientAddress(request, services.config.trustedProxies);
  const context: HttpContext = Object.assign(
    createContext(services, {
      principal: null,
      client: { id, ip, userAgent: request.headers['user-agent'] ?? null },
      response: isFromOwnPage(request) ? pageEffects(exchange, services) : {},
    }),
    {
      exchange,
      ...(request.headers['idempotency-key'] !== undefined && {
        idempotencyKeyHeader: headerValues(request, 'idempotency-key'),
      }),
      isOriginAdmitted: null,
      mediaType: 'application/json' as const,
      streaming: false,
      stream: null,
      unparsed: null,
      ticket: null,
      sent: null,
      priced: null,
      charge: NOBODY,
      started(description: string) {
        exchange.operation = description;
      },
      subscribe: (subscription: Parameters<HttpContext['subscribe']>[0]) =>
        live.stream(context, subscription),
    },
  );
  return context;
}

/** Effects on the response that only a page of this server can use. */
function pageEffects(exchange: Exchange, { publicUrl, clock }: ServerServices): ResponseEffects {
  return {
    requireOwnOrigin() {
      if (isFromOtherOrigin(exchange.request, publicUrl))
        throw new AppError(
          'BAD_REQUEST',
          `Sign-in is not possible at this address: open ${publicUrl} (PUBLIC_URL)`,
        );
    },
    setSessionCookie(token, expiresAt = 0) {
      const seconds = (expiresAt - clock.now()) / 1000;
      const session = token === null ? null : { token, seconds };
      exchange.response.setHeader('Set-Cookie', sessionCookies(exchange.request, publicUrl, session));
    },
  };
}
