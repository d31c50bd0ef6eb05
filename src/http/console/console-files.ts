import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the console as it is sent. */
export interface ConsoleFile {
  readonly contentType: string;
  /** Its name has its content's hash in it. */
  readonly immutable: boolean;
  /** Which compressed forms there are. */
  readonly forms: readonly Form[];
  /** The bytes, read once and then kept. Rejects where the file is gone. */
  read(form: Form): Promise<Buffer>;
}

/** How the bytes are compressed, in the words of Content-Encoding. */
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

/** The folder with the built console: beside the bundle, or where a build in the repository puts it; null: not built. */
export function findConsole(): string | null {
  const places = ['./console/', '../../../dist/console/'];
  const folders = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return folders.find((folder) => existsSync(join(folder, 'index.html'))) ?? null;
}

/**
 * The files of a folder by their addresses. Only what is there now is ever served: an address is looked up in this list
 * and never becomes a path. Their bytes are read when first asked for.
 */
export function listConsoleFiles(folder: string): ReadonlyMap<string, ConsoleFile> {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length).replaceAll('\\', '/'));
  const names = new Set(all);
  const files = new Map<string, ConsoleFile>();
  for (const name of names) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType && name !== 'build.json')
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
