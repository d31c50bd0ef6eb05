import { UnavailableError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { Refusal } from '../core/refusal.ts';
import { type Exchange, refuse, respondJson } from './exchange.ts';
import type { Route } from './routes.ts';

/** Calls the handler of a route, or reports that the path or the method is not supported. */
export async function answer(exchange: Exchange, route: Route | undefined): Promise<void> {
  if (!route) return refuse(exchange, new Refusal(404, 'NOT_FOUND', 'Not found'));
  const { method } = exchange.request;
  const requested = method === 'HEAD' ? 'GET' : method;
  const allow = (route.methods.includes('GET') ? ['HEAD', ...route.methods] : route.methods).join(', ');
  if (method === 'OPTIONS') exchange.headers.push('Allow', allow);
  if (route.methods.some((allowed) => allowed === requested)) return route.handle(exchange);
  refuse(exchange, new Refusal(405, 'BAD_REQUEST', `This address only supports ${allow}`, { Allow: allow }));
}

/** Responds to a request whose handler failed, if a response is still possible. */
export function fail(log: Log, exchange: Exchange, error: unknown): void {
  if (error instanceof UnavailableError && !exchange.response.headersSent) {
    log.warn('A request could not be processed', { requestId: exchange.id, error });
    const { code, message, retryAfterSeconds } = error;
    return respondJson(exchange, 503, { code, message }, { 'Retry-After': String(retryAfterSeconds) });
  }
  log.error('A request failed', { requestId: exchange.id, error });
  const body = { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on the server' };
  if (exchange.response.headersSent) exchange.response.destroy();
  else respondJson(exchange, 500, { ...body, requestId: exchange.id });
}

/** Logs a request that has been answered, or whose client has disconnected. */
export function logAnswer(
  log: Log,
  { id, request, response, actor, operation }: Exchange,
  path: string | undefined,
  route: Route | undefined,
  milliseconds: number,
): void {
  const write = route?.quiet ? log.debug : log.info;
  write(response.writableFinished ? 'Answered' : 'The client disconnected', {
    requestId: id,
    method: request.method ?? '',
    // A path without a route may be any text.
    ...(path ? { route: path } : {}),
    status: response.statusCode,
    milliseconds: Math.round(milliseconds * 100) / 100,
    ...(actor ? { actor } : {}),
    ...(operation ? { operation } : {}),
  });
}
