import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, StartError } from '../core/start-error.ts';

/** Maximum size of all manifests together, bytes. */
const BYTES_MAX = 33_554_432;

/** Maximum number of documents in all manifests together. */
const DOCUMENTS_MAX = 10_000;

/** Maximum length of an ID, in characters. */
const ID_MAX = 256;

/** Maximum length of an ID in a message, in characters. */
const QUOTED_MAX = 40;

/** A string in valid JSON. Also matches one without an end, so that the time is linear in any text. */
const STRING = /"(?:[^"\\]|\\.?)*"?/gs;

/** A document of a manifest. */
export interface ManifestEntry {
  readonly file: string;
  readonly id: string;
  readonly text: string;
}

/**
 * Reads a manifest, or all `.json` files of a directory: an object of documents by ID, as GraphQL Code Generator and Relay
 * write it, or Apollo's manifest, version 1. Throws a StartError.
 */
export function readManifests(path: string): ManifestEntry[] {
  const entries: ManifestEntry[] = [];
  let bytes = 0;
  for (const file of filesAt(path)) {
    const text = fromDisk(file, () => {
      bytes += statSync(file).size;
      if (bytes > BYTES_MAX)
        throw manifestFault(file, `manifests are limited to ${BYTES_MAX} bytes in total`);
      return readFileSync(file, 'utf8');
    });
    for (const [id, document] of pairsOf(file, text)) {
      if (typeof id !== 'string' || id === '' || id.length > ID_MAX)
        throw manifestFault(file, `each ID must be a string of 1 to ${ID_MAX} characters`);
      if (typeof document !== 'string')
        throw manifestFault(file, `document ${quoteId(id)}: its text is not a string`);
      entries.push({ file, id, text: document });
    }
    if (entries.length > DOCUMENTS_MAX)
      throw manifestFault(file, `manifests are limited to ${DOCUMENTS_MAX} documents in total`);
  }
  return entries;
}

function filesAt(path: string): string[] {
  return fromDisk(path, () => {
    const found = statSync(path);
    if (found.isFile()) return [path];
    if (!found.isDirectory()) throw manifestFault(path, 'is not a file or directory');
    const files = readdirSync(path)
      .filter((name) => name.endsWith('.json') && statSync(join(path, name)).isFile())
      .sort()
      .map((name) => join(path, name));
    if (files.length === 0) throw manifestFault(path, 'the directory has no .json files');
    return files;
  });
}

function fromDisk<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof StartError ? error : manifestFault(path, `can't be read (${codeOf(error)})`);
  }
}

/** The IDs and documents of a manifest, in whichever format. */
function pairsOf(file: string, text: string): (readonly [unknown, unknown])[] {
  const manifest = parse(file, text);
  if (!isObject(manifest)) throw manifestFault(file, 'is not an object of documents by ID');
  if (manifest.format !== 'apollo-persisted-query-manifest') return [...stringPairs(file, text, manifest)];
  const { version, operations } = manifest;
  if (version !== 1 || !Array.isArray(operations))
    throw manifestFault(file, 'is not a manifest of version 1 with a list of operations');
  return operations.map((operation) =>
    isObject(operation) ? [operation.id, operation.body] : [undefined, undefined],
  );
}

/** Read from the text, because JSON.parse drops all but the last of several documents with the same ID. */
function* stringPairs(file: string, text: string, manifest: Record<string, unknown>) {
  for (const [id, document] of Object.entries(manifest))
    if (typeof document !== 'string')
      throw manifestFault(file, `document ${quoteId(id)}: its text is not a string`);
  let id: string | null = null;
  for (const [token] of text.matchAll(STRING)) {
    const string = JSON.parse(token) as string;
    if (id !== null) yield [id, string] as const;
    id = id === null ? string : null;
  }
}

function parse(file: string, text: string): unknown {
  try {
    // Some tools on Windows write a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw manifestFault(file, 'is not JSON');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole SHA-256 would be removed from the message, because it could be a secret's. */
export function quoteId(id: string): string {
  return JSON.stringify(id.length > QUOTED_MAX ? `${id.slice(0, QUOTED_MAX)}…` : id);
}

/** The error of a manifest that can't be used. */
export function manifestFault(file: string, cause: string): StartError {
  return new StartError(`TRUSTED_DOCUMENTS: ${file}: ${cause}`);
}
