import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import packageJson from '../../../package.json' with { type: 'json' };
import { respondWithTag } from '../etag.ts';
import type { Exchange } from '../exchange.ts';
import { OIDC_PATH } from '../sign-in/sign-in-page.ts';
import { type ConsoleFile, type Form, listConsoleFiles } from './console-files.ts';

/** Options of the console. */
export interface ConsoleOptions {
  /** Folder of the build. */
  readonly folder: string;
  /** URL at which browsers reach the server. */
  readonly publicUrl: string;
  /** Whether single sign-on is configured, which the page then offers. */
  readonly hasProvider: boolean;
  /** Whether `/graphql` serves GraphiQL, to which the page then links. */
  readonly hasGraphiql: boolean;
}

/** Responds to a path of the console. `name` replaces the path in the log, because it may be any text. */
export interface ConsoleRoute {
  readonly name: string;
  handle(exchange: Exchange): Promise<void>;
}

/** First segments of the paths for which the page itself decides what to show. */
const VIEWS: ReadonlySet<string> = new Set([
  'o',
  'keys',
  'review',
  'security',
  'members',
  'roles',
  'teams',
  'audit',
  'sessions',
  'settings',
]);

/** Files with hashed names never change. */
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * The console: its files by path, and one page for all views. Returns the handler of a path, or null if the console
 * doesn't have it. Lists the folder immediately, and throws if it can't.
 */
export function createConsole(options: ConsoleOptions): (path: string) => ConsoleRoute | null {
  const files = listConsoleFiles(options.folder);
  const page = pageOf(options);
  const headers = { 'Content-Security-Policy': consolePolicy(options.publicUrl) };
  const showPage: ConsoleRoute = {
    name: '/o/*',
    handle: (exchange) => send(exchange, page, { ...headers, 'Cache-Control': 'no-cache' }),
  };
  return (path) => {
    const file = path === '/index.html' ? undefined : files.get(path);
    if (file) return fileRoute(file);
    return path === '/' || VIEWS.has(path.split('/')[1] ?? '') ? showPage : null;
  };
}

/** No inline scripts, and no other origins. */
export function consolePolicy(publicUrl: string): string {
  const socket = publicUrl.replace(/^http/, 'ws');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    // Some browsers don't match the page's own WebSockets with 'self'.
    `connect-src 'self' ${socket}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function fileRoute(file: ConsoleFile): ConsoleRoute {
  const cache = file.immutable ? FOREVER : 'no-cache';
  return {
    name: '/assets/*',
    handle: (exchange) => send(exchange, file, { 'Cache-Control': cache }),
  };
}

async function send(
  exchange: Exchange,
  file: ConsoleFile,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const form = acceptedForm(exchange.request.headers['accept-encoding'], file.forms);
  const bytes = await file.read(form);
  const encoding = form === 'identity' ? {} : { 'Content-Encoding': form };
  respondWithTag(exchange, file.contentType, bytes, { ...headers, Vary: 'Accept-Encoding', ...encoding });
}

/** The smallest form that the client accepts (RFC 9110, 12.5.3). */
export function acceptedForm(header: string | undefined, forms: readonly Form[]): Form {
  const accepted = new Set<string>();
  for (const part of (header ?? '').toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((text) => text.trim());
    const refused = parameters.some((text) => /^q=0(?:\.0*)?$/.test(text));
    if (!refused) accepted.add(coding);
  }
  for (const form of ['br', 'gzip'] as const) if (forms.includes(form) && accepted.has(form)) return form;
  return 'identity';
}

/**
 * The page with the settings of this server, compressed on first request. Read now, because it refers to the listed
 * files.
 */
function pageOf({ folder, hasProvider, hasGraphiql }: ConsoleOptions): ConsoleFile {
  const settings = [
    ['version', packageJson.version],
    ...(hasProvider ? [['single-sign-on', OIDC_PATH]] : []),
    ...(hasGraphiql ? [['graphiql', '/graphql']] : []),
  ];
  const meta = settings.map(([name, content]) => `<meta name="${name}" content="${content}">\n  `).join('');
  const html = Buffer.from(
    readFileSync(join(folder, 'index.html'), 'utf8').replace('</head>', `${meta}</head>`),
  );
  const compressed = new Map<Form, Promise<Buffer>>([['identity', Promise.resolve(html)]]);
  return {
    contentType: 'text/html; charset=utf-8',
    immutable: false,
    forms: ['identity', 'br', 'gzip'],
    read(form) {
      const made =
        compressed.get(form) ?? (form === 'br' ? promisify(brotliCompress)(html) : promisify(gzip)(html));
      compressed.set(form, made);
      return made;
    },
  };
}
