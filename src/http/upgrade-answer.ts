import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How long a client may take to close a connection that was answered, milliseconds. */
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * An ordinary answer to a request that asks for an upgrade, which Node hands over without one. The connection ends with
 * it: what the client sends next would be in a protocol that no one agreed to.
 */
export function answerUpgrade(request: IncomingMessage, stream: Duplex): ServerResponse {
  // A connection of an http server, whatever the types say.
  const socket = stream as Socket;
  const response = new ServerResponse(request);
  response.setHeader('Connection', 'close');
  response.assignSocket(socket);
  socket.on('error', () => {});
  response.once('finish', () => {
    response.detachSocket(socket);
    // Not `socket.setTimeout`: a client that goes on to send would have it wait forever.
    const cut = setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS);
    socket.once('close', () => clearTimeout(cut));
    socket.resume();
    socket.end();
  });
  return response;
}

/** Rejects an upgrade, and lets go of the connection, whatever the client does with its own side of it. */
export function refuseUpgrade(stream: Duplex, status: string): void {
  stream.on('error', () => {});
  stream.once('finish', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
