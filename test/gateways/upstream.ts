import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** What arrived behind a gateway. */
export interface Arrival {
  readonly method: string;
  readonly url: string;
  /** Names in lower case, each with all its values, in their order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

/** An API behind a gateway: says hello to everybody, echoes over WebSockets, and remembers who came. */
export interface Upstream {
  readonly port: number;
  readonly arrivals: readonly Arrival[];
  stop(): Promise<void>;
}

/** Starts one on a port that is free. */
export async function startUpstream(): Promise<Upstream> {
  const arrivals: Arrival[] = [];
  const server = createServer({ maxHeaderSize: 65_536 }, async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    arrivals.push(arrivalOf(request, body));
    response.setHeader('X-From', 'the API').setHeader('Access-Control-Allow-Origin', '*').end('hello');
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket: WebSocket, request) => {
    arrivals.push(arrivalOf(request, ''));
    socket.on('message', (data) => socket.send(String(data)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    arrivals,
    stop: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function arrivalOf(request: IncomingMessage, body: string): Arrival {
  const headers = new Map<string, string[]>();
  const raw = request.rawHeaders;
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), raw[index + 1] ?? '']);
  }
  return { method: request.method ?? '', url: request.url ?? '', headers, body };
}
