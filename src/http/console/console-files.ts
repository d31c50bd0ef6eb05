import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the console and its compressed forms. */
export interface ConsoleFile {
  readonly contentType: string;
  /** Whether its name contains the hash of its content. */
  readonly immutable: boolean;
  /** The available compressed forms. */
  readonly forms: readonly Form[];
  /** The bytes, read once and cached. Rejects if the file no longer exists. */
  read(form: Form): Promise<Buffer>;
}

/** Content coding of the bytes, as in Content-Encoding. */
export type Form = 'identity' | 'br' | 'gzip';

const ENDINGS: Readonly<Record<Form, string>> = { identity: '', br: '.br', gzip: '.gz' };

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/**
 * The folder with the built console: next to the bundle, or where a build in the repository writes it. Null: not built.
 */
export function findConsole(): string | null {
  const places = ['./console/', '../../../dist/console/'];
  const folders = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return folders.find((folder) => existsSync(join(folder, 'index.html'))) ?? null;
}

/** Where the build lists the GraphQL documents that the console sends: an object of documents by their SHA-256. */
const DOCUMENTS_FILE = 'trusted-documents.json';

/** The GraphQL documents that the console sends. Throws if they can't be read. */
export function readConsoleDocuments(folder: string): string[] {
  return Object.values(JSON.parse(readFileSync(join(folder, DOCUMENTS_FILE), 'utf8')));
}

/** The file that the build writes for the server. */
const UNSERVED: ReadonlySet<string> = new Set(['build.json', DOCUMENTS_FILE]);

/**
 * The files of a folder by path. Only files that exist now are ever served: a requested path is looked up in this list,
 * and never becomes a file path. Contents are read on first request.
 */
export function listConsoleFiles(folder: string): ReadonlyMap<string, ConsoleFile> {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length).replaceAll('\\', '/'));
  const names = new Set(all);
  const files = new Map<string, ConsoleFile>();
  for (const name of names) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType && !UNSERVED.has(name))
      files.set(`/${name}`, consoleFile(folder, name, { contentType, names }));
  }
  return files;
}

function consoleFile(
  folder: string,
  name: string,
  { contentType, names }: { readonly contentType: string; readonly names: ReadonlySet<string> },
): ConsoleFile {
  const read = new Map<Form, Promise<Buffer>>();
  return {
    contentType,
    immutable: name.startsWith('assets/'),
    forms: (['identity', 'br', 'gzip'] as const).filter((form) => names.has(name + ENDINGS[form])),
    read(form) {
      const known = read.get(form);
      if (known) return known;
      const bytes = readFile(join(folder, name + ENDINGS[form]));
      read.set(form, bytes);
      bytes.catch(() => read.delete(form));
      return bytes;
    },
  };
}
