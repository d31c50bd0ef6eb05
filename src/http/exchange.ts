import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '../core/refusal.ts';

/** A request and its response in progress. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Id of the request, in X-Request-Id and the log. */
  readonly id: string;
  /** The part of the URL after `?`, or an empty string. */
  readonly query: string;
  /** Headers of every response, names and values alternating. Headers of the response itself take precedence. */
  readonly headers: string[];
  /** For the log: the caller, once known. */
  actor?: string;
  /** For the log: what was requested, in terms of the schema. */
  operation?: string;
}

/** Longer texts are encoded before they are sent, characters. */
const BUFFERED_FROM = 65_536;

/** Sends the whole response. */
export function respond(
  exchange: Exchange,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { response } = exchange;
  if (response.destroyed || response.headersSent) return;
  // As a buffer, pending data is counted in bytes, and not copied.
  const sent = typeof body === 'string' && body.length > BUFFERED_FROM ? Buffer.from(body) : body;
  const length = typeof sent === 'string' ? Buffer.byteLength(sent) : sent.length;
  writeHead(exchange, status, { 'Content-Type': contentType, 'Content-Length': String(length), ...headers });
  response.end(sent);
}

/**
 * Writes the status and headers, together with those of the exchange. All at once: Node.js checks and stores each
 * header that is set separately, which takes longer than the rest of a small response.
 */
export function writeHead(
  exchange: Exchange,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  exchange.response.writeHead(status, allHeaders(exchange, headers));
}

/** The headers of a response, and those of the exchange that they don't replace. */
export function allHeaders(
  { headers: common }: Exchange,
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  const all: Record<string, string> = {};
  for (let index = 0; index < common.length; index += 2) all[common[index] ?? ''] = common[index + 1] ?? '';
  for (const name in headers) all[name] = headers[name] ?? '';
  return all;
}

/** Sends JSON. */
export function respondJson(
  exchange: Exchange,
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify(value);
  respond(exchange, status, 'application/json; charset=utf-8', body, {
    'Cache-Control': 'no-store',
    ...headers,
  });
}

/** Sends a refusal outside GraphQL: `{"code", "message"}`. */
export function refuse(exchange: Exchange, refusal: Refusal): void {
  const { status, code, message, headers } = refusal;
  respondJson(exchange, status, { code, message }, headers);
}

/** Redirects to another path of this server. */
export function redirect(exchange: Exchange, path: string): void {
  respond(exchange, 303, 'text/plain; charset=utf-8', `See ${path}\n`, { Location: path });
}
