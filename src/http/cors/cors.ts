import { type CORSOptions, getCORSHeadersByRequestAndOptions, useCORS } from '@whatwg-node/server';
import type { ServerServices } from '../../graphql/context.ts';
import { type Exchange, respond } from '../exchange.ts';
import type { HttpContext, HttpPlugin } from '../graphql/http-context.ts';
import { foreignOrigin } from './foreign-origin.ts';
import type { KnownOrigins } from './known-origins.ts';

/** How long browsers may cache the response to a preflight, seconds. The request itself is checked each time. */
const MAX_AGE_S = 3_600;

const METHODS = ['GET', 'HEAD', 'POST'];

/** Request headers that pages may set: those of the API, and those that stock clients and tracing add. */
const REQUEST_HEADERS = [
  'Accept',
  'Authorization',
  'Cache-Control',
  'Content-Type',
  'Last-Event-ID',
  'X-API-Key',
  'X-Keywright-Cost',
  'X-Requested-With',
  'X-Request-Id',
  'Apollo-Require-Preflight',
  'ApolloGraphQL-Client-Name',
  'ApolloGraphQL-Client-Version',
  'X-Apollo-Operation-Id',
  'X-Apollo-Operation-Name',
  'GraphQL-Preflight',
  'GraphQL-Require-Preflight',
  'Idempotency-Key',
  'Baggage',
  'Sentry-Trace',
  'Traceparent',
  'Tracestate',
];

/** Response headers that pages may read. */
const RESPONSE_HEADERS = [
  'Accept-Post',
  'Allow',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];

/** Adds CORS headers to responses of GraphQL, and answers preflights. */
export function useCors(services: ServerServices, origins: KnownOrigins): HttpPlugin {
  const ask = async (origin: string, { request }: Exchange): Promise<CORSOptions> =>
    (await origins.isKnown(origin)) && optionsFor(origin, request);
  // Waits for nothing where a request has no other origin, as most.
  return useCORS<HttpContext>((_request, { exchange, isOriginAdmitted }) => {
    const origin = foreignOrigin(exchange.request, services.publicUrl);
    if (origin === null) return false;
    return isOriginAdmitted === null
      ? ask(origin, exchange)
      : isOriginAdmitted && optionsFor(origin, exchange.request);
  });
}

/**
 * Lets pages of known origins read the responses of a route. If it requires a credential, the handler must check that
 * pages of the origin can use it.
 */
export function readableByPages(
  services: ServerServices,
  origins: KnownOrigins,
  handle: (exchange: Exchange) => void | Promise<void>,
): (exchange: Exchange) => Promise<void> {
  return async (exchange) => {
    const { request, headers } = exchange;
    headers.push('Vary', 'Origin');
    const origin = foreignOrigin(request, services.publicUrl);
    if (origin !== null && (await origins.isKnown(origin))) {
      const corsRequest = { headers: new Headers({ origin }) } as Request;
      const added = getCORSHeadersByRequestAndOptions(corsRequest, optionsFor(origin, request));
      headers.push(...Object.entries(added ?? {}).flat());
    }
    if (request.method === 'OPTIONS') respond(exchange, 204, 'text/plain', '');
    else await handle(exchange);
  };
}

/** Never with "credentials" in the terms of CORS, which are cookies: pages send their own. */
function optionsFor(origin: string, { method }: Exchange['request']): CORSOptions {
  const common = { origin: [origin], credentials: false, exposedHeaders: RESPONSE_HEADERS };
  if (method !== 'OPTIONS') return common;
  return { ...common, methods: METHODS, allowedHeaders: REQUEST_HEADERS, maxAge: MAX_AGE_S };
}
