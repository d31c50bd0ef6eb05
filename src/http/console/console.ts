import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { type Exchange, respond, writeHead } from '../exchange.ts';
import { OIDC_PATH } from '../sign-in/sign-in-page.ts';
import { type ConsoleFile, type Form, listConsoleFiles } from './console-files.ts';

/** Options of the console. */
export interface ConsoleOptions {
  /** Where it was built. */
  readonly folder: string;
  /** Where browsers reach the server. */
  readonly publicUrl: string;
  /** Whether people can sign in with an OpenID provider, which the page then offers. */
  readonly hasProvider: boolean;
}

/** Answers an address of the console; `name` stands for it in the log, in place of whatever someone typed. */
export interface ConsoleRoute {
  readonly name: string;
  handle(exchange: Exchange): Promise<void>;
}

/** First parts of the addresses at which the page itself finds out what to show. */
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

/** Hashed names never change their content. */
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * The console: files by their addresses, and one page for all views. Gives what answers a path, or null if the console
 * has nothing there. Reads the folder's list at once, and throws where it can't.
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
    // Not every browser takes the page's own WebSockets for 'self'.
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
  const { request, response } = exchange;
  const form = acceptedForm(request.headers['accept-encoding'], file.forms);
  const bytes = await file.read(form);
  const etag = etagOf(bytes);
  const all: Record<string, string> = { ...headers, ETag: etag, Vary: 'Accept-Encoding' };
  if (form !== 'identity') all['Content-Encoding'] = form;
  if (isKnown(request.headers['if-none-match'], etag)) {
    writeHead(exchange, 304, all);
    response.end();
  } else respond(exchange, 200, file.contentType, bytes, all);
}

const etags = new WeakMap<Buffer, string>();

function etagOf(bytes: Buffer): string {
  const known = etags.get(bytes);
  if (known) return known;
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  etags.set(bytes, etag);
  return etag;
}

/** Whether the client has these bytes (RFC 9110, 13.1.2); proxies may have marked the tag as weak. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

/** The smallest form that the client takes (RFC 9110, 12.5.3). */
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

/** The page, told what only this server knows, and compressed when it is first asked for. Read now: it names the pieces listed. */
function pageOf({ folder, hasProvider }: ConsoleOptions): ConsoleFile {
  const told = hasProvider ? `<meta name="single-sign-on" content="${OIDC_PATH}">\n  ` : '';
  const html = Buffer.from(
    readFileSync(join(folder, 'index.html'), 'utf8').replace('</head>', `${told}</head>`),
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
