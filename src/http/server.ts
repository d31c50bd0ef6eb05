import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as SocketServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Log } from '../core/log.ts';
import { answer, fail, logAnswer } from './answer.ts';
import { STOPPING } from './body.ts';
import type { Connections } from './connections/connections.ts';
import type { Exchange } from './exchange.ts';
import { isUpgradeIgnored, upgradableMessages } from './handshake.ts';
import { announcesBody, securityHeaders } from './headers.ts';
import { listenError, MAIN_PORT, type PortSetting } from './listen-error.ts';
import { hasWaiting, inTurn } from './pipelining.ts';
import type { Routes } from './routes.ts';
import type { Timeouts } from './timeouts.ts';
import type { VerifyHandler } from './verify/verify.ts';

/** Path of WebSockets. */
const WEBSOCKET_PATH = '/graphql';

/** Path of gateway checks, handled before the steps that only other requests need. */
const VERIFY_PATH = '/verify';

/** Maximum size of a header section of a request, bytes. */
const HEADERS_MAX = 16_384;

/** The handlers, created when the port is known. */
export interface Site {
  readonly routes: Routes;
  /** Takes over connections of WebSocket handshakes at /graphql. */
  upgrade?(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** Handles /verify with any method. These requests are not logged. */
  readonly verify?: VerifyHandler;
  /** URL at which browsers reach the server. */
  readonly publicUrl: string;
}

/** Where to listen. */
export interface Listener {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** The setting that errors name. Omitted: PORT. */
  readonly setting?: PortSetting;
  /** A listening socket of another process, instead of an own one. */
  readonly shared?: object | undefined;
}

export interface HttpServer {
  /**
   * Starts accepting connections. Resolves with the port. Rejects if it is not available; may be called again then.
   */
  listen(listener: Listener, site: (port: number) => Site): Promise<number>;
  /** The listening socket, for other processes. Null: it doesn't listen. */
  socket(): object | null;
  /** Stops accepting work, waits for what is running and closes the rest. May be called in any state and repeatedly. */
  stop(): Promise<void>;
}

/** The server around the routes: request ids, common headers, the log, and starting and stopping. */
export function createHttpServer({
  log,
  timeouts,
  connections,
}: {
  readonly log: Log;
  readonly timeouts: Timeouts;
  readonly connections: Connections;
}): HttpServer {
  /** Responses in progress. */
  const open = new Set<ServerResponse>();
  /** Connections that have become WebSockets, which close themselves. */
  const upgraded = new WeakSet<Duplex>();
  /** Connections that are being closed because the server stops. */
  const closing = new WeakSet<Duplex>();
  const running = new Set<Promise<void>>();
  let headers: readonly string[] = [];
  let site: Site | null = null;
  let stopping: Promise<void> | undefined;
  let isDrained = false;

  const verify = (
    handle: VerifyHandler,
    request: IncomingMessage,
    response: ServerResponse,
    query: string,
  ) => {
    // The announced body isn't read, so the next request on the connection would start somewhere in it.
    if (announcesBody(request.rawHeaders)) response.setHeader('Connection', 'close');
    const work = handle(request, response, query);
    if (!work && !stopping) return;
    open.add(response);
    response.once('close', () => {
      open.delete(response);
      if (isDrained) closeUnused();
    });
    const done = Promise.resolve(work).finally(() => running.delete(done));
    running.add(done);
  };

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const { path, query } = split(request.url ?? '/');
    if (stopping || isUpgradeIgnored(request)) response.setHeader('Connection', 'close');
    if (path === VERIFY_PATH && site?.verify) return verify(site.verify, request, response, query);
    const start = performance.now();
    const route = site?.routes.get(path);
    const id = randomUUID();
    const exchange: Exchange = {
      request,
      response,
      id,
      query,
      headers: [...headers, 'X-Request-Id', id],
    };
    open.add(response);
    response.once('close', () => {
      open.delete(response);
      if (isDrained) closeUnused();
      logAnswer(log, exchange, route ? (route.name ?? path) : undefined, route, performance.now() - start);
    });
    const work: Promise<void> = answer(exchange, route)
      .catch((error: unknown) => fail(log, exchange, error))
      .finally(() => {
        running.delete(work);
        connections.wrote(request.socket);
      });
    running.add(work);
  };

  /** Not while an earlier request of the connection is answered: 101 would arrive before its response. */
  const isWebSocketRoute = ({ url = '/', socket }: IncomingMessage) =>
    !stopping &&
    site?.upgrade !== undefined &&
    split(url).path === WEBSOCKET_PATH &&
    !hasWaiting(socket) &&
    ![...open].some(({ req }) => req.socket === socket);

  const server = createServer({
    IncomingMessage: upgradableMessages(isWebSocketRoute),
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    keepAliveTimeout: timeouts.keepAlive,
    connectionsCheckingInterval: Math.min(1_000, timeouts.headers, timeouts.request),
    maxHeaderSize: HEADERS_MAX,
  });
  // A client that expects 100 (Continue) receives it when its body is read.
  for (const event of ['request', 'checkContinue'] as const)
    server.on(event, (request, response) => inTurn(request, response, () => serve(request, response)));

  server.on('upgrade', (request, stream, head) => {
    upgraded.add(stream);
    site?.upgrade?.(request, stream, head);
  });

  server.on('connection', (socket) => connections.accept(socket));

  /** Closes connections without a request in progress, including those with an incomplete request. */
  const closeUnused = (): void => {
    const used = new Set<Duplex>([...open].map(({ req }) => req.socket));
    for (const socket of connections.sockets()) {
      if (used.has(socket) || upgraded.has(socket) || closing.has(socket)) continue;
      closing.add(socket);
      socket.destroySoon();
    }
  };

  /** Rejects bodies that are incomplete, and closes connections after their responses. */
  const endRequests = (): void => {
    for (const response of open) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
      response.req.emit(STOPPING);
    }
  };

  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    // Connections and requests that have arrived are accepted first: closing would reset them.
    for (let turns = 0; turns < 2; turns += 1) await turn();
    let deadline: NodeJS.Timeout | undefined;
    // Unlike its own method, this closes no idle connections.
    const closed = new Promise((resolve) => SocketServer.prototype.close.call(server, resolve));
    endRequests();
    const drain = setTimeout(() => {
      isDrained = true;
      endRequests();
      // Node.js considers connections on which nothing, or half a request, has arrived as busy.
      closeUnused();
    }, timeouts.drain);
    // A client may have disconnected while its request still runs.
    const finished = closed.then(() => Promise.all(running));
    const timer = new Promise((resolve) => {
      deadline = setTimeout(resolve, timeouts.stop);
    });
    await Promise.race([finished, timer]);
    clearTimeout(deadline);
    clearTimeout(drain);
    server.closeAllConnections();
    server.close();
    await closed;
  };

  return {
    socket: () => (server as { _handle?: object | null })._handle ?? null,
    listen({ host, port, setting = MAIN_PORT, shared }, siteAt) {
      return new Promise((resolve, reject) => {
        const fail = (error: Error) => {
          server.off('listening', begin);
          reject(listenError(error, host, port, setting));
        };
        const begin = () => {
          server.off('error', fail);
          try {
            const { port: bound } = server.address() as AddressInfo;
            site = siteAt(bound);
            headers = securityHeaders(site.publicUrl);
            resolve(bound);
          } catch (error) {
            reject(error);
          }
        };
        server.once('error', fail).once('listening', begin);
        if (shared) server.listen(shared);
        else server.listen(port, host);
      });
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** The path and query of the URL. Clients of proxies send absolute URLs (RFC 9112, 3.2.2). */
function split(url: string): { path: string; query: string } {
  const local = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '');
  const at = local.indexOf('?');
  return at < 0 ? { path: local, query: '' } : { path: local.slice(0, at), query: local.slice(at + 1) };
}
