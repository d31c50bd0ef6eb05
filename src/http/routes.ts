import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import type { ServerServices } from '../graphql/context.ts';
import type { OperationLimits } from '../graphql/cost/operation-limits.ts';
import type { GraphQLEngine } from '../graphql/engine.ts';
import type { Connections } from './connections/connections.ts';
import { createConsole } from './console/console.ts';
import { readableByPages } from './cors/cors.ts';
import type { KnownOrigins } from './cors/known-origins.ts';
import { respondWithTag } from './etag.ts';
import { type Exchange, redirect, respond } from './exchange.ts';
import { graphqlHandler } from './graphql/graphql.ts';
import { introspectHandler } from './introspect/introspect.ts';
import { openApiDocument } from './openapi/document.ts';
import { healthHandler, type Readiness, readinessHandler } from './ops/health.ts';
import type { Metrics } from './ops/metrics.ts';
import { OIDC_CALLBACK_PATH, oidcHandlers } from './sign-in/oidc.ts';
import { OIDC_PATH, SIGN_IN_POLICY, SIGN_IN_STYLE, signInHtml } from './sign-in/sign-in-page.ts';
import { SIGN_IN_SCRIPT } from './sign-in/sign-in-script.ts';
import type { LiveServer } from './websocket/live-server.ts';

/** Handlers of one path. */
export interface Route {
  /** HEAD is supported wherever GET is. */
  readonly methods: readonly ('GET' | 'POST' | 'OPTIONS')[];
  /** Requested by machines every few seconds: logged at level `debug` only. */
  readonly quiet?: boolean;
  /** Logged instead of the path if the path is arbitrary input. */
  readonly name?: string;
  handle(exchange: Exchange): void | Promise<void>;
}

/** Finds the route of a path. */
export interface Routes {
  get(path: string): Route | undefined;
}

/** Every route of the server. */
export function createRoutes(
  services: ServerServices,
  schema: GraphQLSchema,
  readiness: Readiness,
  {
    engine,
    live,
    origins,
    connections,
    operationLimits,
    metrics,
    consoleFolder,
  }: {
    readonly engine: GraphQLEngine;
    readonly live: LiveServer;
    readonly origins: KnownOrigins;
    readonly connections: Connections;
    readonly operationLimits: OperationLimits;
    readonly metrics: Metrics | null;
    /** Folder of the built console. Null: not built, and `/` redirects to GraphiQL. */
    readonly consoleFolder: string | null;
  },
): Routes {
  const sdl = get('text/plain; charset=utf-8', () => `${printSchema(lexicographicSortSchema(schema))}\n`);
  const metricsType = metrics?.contentType ?? null;
  const openApi = get('application/json', () =>
    JSON.stringify(openApiDocument(services.publicUrl, metricsType)),
  );
  const introspect = introspectHandler(services, { limits: operationLimits, unread: connections.unread });
  const exact = new Map<string, Route>([
    [
      '/graphql',
      {
        methods: ['GET', 'POST', 'OPTIONS'],
        handle: graphqlHandler(services, engine, live),
      },
    ],
    [
      '/schema.graphql',
      { methods: ['GET', 'OPTIONS'], handle: readableByPages(services, origins, sdl.handle) },
    ],
    [
      '/openapi.json',
      { methods: ['GET', 'OPTIONS'], handle: readableByPages(services, origins, openApi.handle) },
    ],
    [
      '/introspect',
      {
        methods: ['POST', 'OPTIONS'],
        quiet: true,
        handle: readableByPages(services, origins, introspect),
      },
    ],
    [
      '/sign-in',
      get(
        'text/html; charset=utf-8',
        () => signInHtml({ publicUrl: services.publicUrl, hasProvider: services.config.oidc !== null }),
        {
          'Content-Security-Policy': SIGN_IN_POLICY,
        },
      ),
    ],
    ...oidcRoutes(services),
    ...metricsRoute(metrics),
    ['/sign-in.css', get('text/css; charset=utf-8', () => SIGN_IN_STYLE)],
    ['/sign-in.js', get('text/javascript; charset=utf-8', () => SIGN_IN_SCRIPT)],
    ['/healthz', { methods: ['GET'], quiet: true, handle: healthHandler() }],
    ['/readyz', { methods: ['GET'], quiet: true, handle: readinessHandler(readiness, services.log) }],
  ]);
  const further = consoleFolder === null ? withoutConsole(services) : consoleRoutes(services, consoleFolder);
  return { get: (path) => exact.get(path) ?? further(path) };
}

type Find = (path: string) => Route | undefined;

function consoleRoutes({ config, publicUrl }: ServerServices, folder: string): Find {
  const find = createConsole({
    folder,
    publicUrl,
    hasProvider: config.oidc !== null,
    hasGraphiql: config.graphiql,
  });
  return (path) => {
    const found = find(path);
    return found ? { ...found, methods: ['GET'] } : undefined;
  };
}

function withoutConsole(services: ServerServices): Find {
  const route: Route = { methods: ['GET'], handle: home(services) };
  return (path) => (path === '/' ? route : undefined);
}

function oidcRoutes(services: ServerServices): [string, Route][] {
  if (!services.config.oidc) return [];
  const { begin, finish } = oidcHandlers(services, services.config.oidc);
  return [
    [OIDC_PATH, { methods: ['GET'], handle: begin }],
    [OIDC_CALLBACK_PATH, { methods: ['GET'], handle: finish }],
  ];
}

function metricsRoute(metrics: Metrics | null): [string, Route][] {
  if (!metrics) return [];
  const handle = async (exchange: Exchange): Promise<void> =>
    respond(exchange, 200, metrics.contentType, await metrics.text(), { 'Cache-Control': 'no-cache' });
  return [['/metrics', { methods: ['GET'], quiet: true, handle }]];
}

/** A text that doesn't change while the server runs, written on first request. */
function get(
  contentType: string,
  write: () => string,
  headers: Readonly<Record<string, string>> = {},
): Route {
  const all = { 'Cache-Control': 'no-cache', ...headers };
  let bytes: Buffer | undefined;
  const handle = (exchange: Exchange): void => {
    bytes ??= Buffer.from(write());
    respondWithTag(exchange, contentType, bytes, all);
  };
  return { methods: ['GET'], handle };
}

function home({ config }: ServerServices) {
  const text = 'Keywright is running. The API is at /graphql, the schema at /schema.graphql.\n';
  return (exchange: Exchange): void =>
    config.graphiql
      ? redirect(exchange, '/graphql')
      : respond(exchange, 200, 'text/plain; charset=utf-8', text);
}
