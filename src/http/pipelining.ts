import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Maximum number of requests on one connection that wait for earlier responses. */
const WAITING_MAX = 16;

const waiting = new WeakMap<Socket, number>();

/**
 * Serves a request once the client has read the responses before its own (RFC 9112, 9.3.2). Of requests that a client
 * sends without reading responses, one is served, and no further ones are read. Too many of them close the connection.
 */
export function inTurn(request: IncomingMessage, response: ServerResponse, serve: () => void): void {
  // A response is assigned to the connection when those before it have been sent.
  if (response.socket) return serve();
  const { socket } = request;
  if (socket.destroyed) return;
  const count = (waiting.get(socket) ?? 0) + 1;
  if (count > WAITING_MAX) return void socket.destroy();
  waiting.set(socket, count);
  // Node.js continues reading after each complete request.
  process.nextTick(() => {
    if (waiting.get(socket)) socket.pause();
  });
  // After a turn of the event loop: a client may have sent many requests at once.
  const begin = () => {
    const left = (waiting.get(socket) ?? 1) - 1;
    waiting.set(socket, left);
    if (socket.destroyed) return;
    serve();
    if (left === 0) socket.resume();
  };
  response.once('socket', () => setImmediate(begin));
}

/** Whether requests on the connection wait for earlier responses. */
export function hasWaiting(socket: Socket): boolean {
  return (waiting.get(socket) ?? 0) > 0;
}
