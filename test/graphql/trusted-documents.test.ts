import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { loadTrustedDocuments } from '../../src/graphql/trusted-documents.ts';
import { manifestOf, sha256, writeManifests } from '../support/manifests.ts';

const KEYS = 'query Keys { apiKeys { nodes { id } } }';
const VIEWER = 'query Viewer { viewer { id } }';

function load(path: string | null, only = false, own: readonly string[] = []) {
  return loadTrustedDocuments({ trustedDocuments: path, trustedDocumentsOnly: only }, schema, () => own);
}

/** Why these files stop the start, with `DIR` in place of their directory. */
function fault(files: Readonly<Record<string, unknown>>): string {
  const directory = writeManifests(files);
  try {
    load(directory);
  } catch (error) {
    const { name, message } = error as Error;
    expect(name).toBe('StartError');
    expect(message).not.toContain('\n');
    return message.replace(directory, 'DIR');
  }
  throw new Error('The manifests were accepted');
}

const apollo = (...operations: unknown[]) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations,
});

test('costs nothing without settings: no file is read, and no document listed', () => {
  const own = () => {
    throw new Error('listed');
  };
  const nothing = { trustedDocuments: null, trustedDocumentsOnly: false };
  expect(loadTrustedDocuments(nothing, schema, own)).toBeNull();
});

test('reads manifests of Code Generator, Relay and Apollo from one directory', () => {
  const directory = writeManifests({
    'codegen.json': { [`sha256:${sha256(KEYS)}`]: KEYS },
    'relay.json': { '0123456789abcdef0123456789abcdef': VIEWER },
    'apollo.json': apollo({ id: 'a1', name: 'Roles', type: 'query', body: 'query Roles { __typename }' }),
    'notes.txt': 'nothing',
  });
  mkdirSync(join(directory, 'folder.json'));
  const trusted = load(directory);
  expect(trusted?.find(sha256(KEYS))).toBe(KEYS);
  expect(trusted?.find('0123456789abcdef0123456789abcdef')).toBe(VIEWER);
  expect(trusted?.find('a1')).toBe('query Roles { __typename }');
  // Documents have their hashes as well, in the form of the GraphQL over HTTP specification and in Apollo's.
  expect(trusted?.find(`sha256:${sha256(VIEWER)}`)).toBe(VIEWER);
  expect(trusted?.find(sha256(VIEWER))).toBe(VIEWER);
  expect(load(join(directory, 'relay.json'))?.find(sha256(KEYS))).toBeUndefined();
});

test('has no IDs besides those of documents, whatever objects inherit', () => {
  const trusted = load(writeManifests({ 'a.json': manifestOf([KEYS]) }));
  for (const id of ['__proto__', 'constructor', 'toString', '', 'sha256:', KEYS])
    expect(trusted?.find(id), id).toBeUndefined();
  const named = load(writeManifests({ 'a.json': `{"__proto__": ${JSON.stringify(KEYS)}}` }));
  expect(named?.find('__proto__')).toBe(KEYS);
});

test('lists Keywright’s own documents only where nothing else is accepted', () => {
  const only = load(null, true, [VIEWER]);
  const id = only?.ownId(VIEWER) ?? '';
  expect([only?.only, only?.find(id), only?.ownId(KEYS)]).toEqual([true, VIEWER, undefined]);
  const directory = writeManifests({ 'a.json': manifestOf([KEYS]) });
  expect(load(directory, false, [VIEWER])?.ownId(VIEWER)).toBeUndefined();
});

test.each([
  ['no JSON', { 'a.json': '{"a": ' }, 'DIR/a.json: is not JSON'],
  ['a list', { 'a.json': [KEYS] }, 'DIR/a.json: is not an object of documents by ID'],
  ['no files', {}, 'DIR: the directory has no .json files'],
  ['an object for a text', { 'a.json': { a: { body: KEYS } } }, 'document "a": its text is not a string'],
  ['a later Apollo manifest', { 'a.json': { ...apollo(), version: 2 } }, 'not a manifest of version 1'],
  [
    'an ID that is a number',
    { 'a.json': apollo({ id: 1, body: KEYS }) },
    'each ID must be a string of 1 to 256',
  ],
  ['an empty ID', { 'a.json': { '': KEYS } }, 'DIR/a.json: each ID must be a string of 1 to 256 characters'],
  ['no operation object', { 'a.json': apollo(null) }, 'DIR/a.json: each ID must be a string'],
  [
    'an operation without a body',
    { 'a.json': apollo({ id: 'x' }) },
    'document "x": its text is not a string',
  ],
  [
    'an unknown field',
    { 'a.json': { x: '{ apiKeyz { id } }' } },
    'DIR/a.json: document "x": Cannot query field "apiKeyz" on type "Query". Did you mean "apiKey" or "apiKeys"? (line 1, column 3)',
  ],
  ['a syntax error', { 'a.json': { x: 'query {' } }, 'DIR/a.json: document "x": Syntax Error'],
  [
    'a fragment alone',
    { 'a.json': { x: 'fragment F on ApiKey { id }' } },
    'document "x": it has no operation',
  ],
  [
    'a document beyond a limit',
    { 'a.json': { x: `{ ${Array.from({ length: 31 }, (_, n) => `a${n}: __typename`).join(' ')} }` } },
    'DIR/a.json: document "x": The document has more than',
  ],
  ['a document that is too long', { 'a.json': { x: `{ id } #${'x'.repeat(50_000)}` } }, 'more than 50000'],
  [
    'two documents with one ID, in two files',
    { 'a.json': { x: KEYS }, 'b.json': { x: VIEWER } },
    'DIR/b.json: document "x": another document has the same ID',
  ],
  [
    'two documents with one ID, in one object',
    { 'a.json': `{"x": ${JSON.stringify(KEYS)}, "x": ${JSON.stringify(VIEWER)}}` },
    'DIR/a.json: document "x": another document has the same ID',
  ],
  [
    'the hash of another document as an ID',
    { 'a.json': { ...manifestOf([KEYS]), [sha256(VIEWER)]: KEYS, v: VIEWER } },
    'document "v": another document has the same ID',
  ],
  ['a document without fields to select', { 'a.json': { x: '{ viewer }' } }, 'DIR/a.json: document "x": '],
])('stops the start in one line: %s', (_name, files, message) => {
  const said = fault(files);
  expect(said).toMatch(/^TRUSTED_DOCUMENTS: DIR/);
  expect(said).toContain(message);
});

test('accepts the same document twice, and a byte order mark', () => {
  const directory = writeManifests({
    'a.json': `\uFEFF${JSON.stringify({ x: KEYS })}`,
    'b.json': { x: KEYS, y: KEYS },
  });
  expect(load(directory)?.find('y')).toBe(KEYS);
});

test('limits the size and the number of documents', () => {
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, n) => [`x${n}`, KEYS]));
  expect(fault({ 'a.json': many })).toMatch(/limited to 10000 documents in total$/);
  expect(fault({ 'a.json': { x: `{ id } #${'x'.repeat(33_554_432)}` } })).toMatch(/33554432 bytes in total$/);
});

test('names a path that can’t be read', () => {
  expect(() => load('/nowhere/manifest.json')).toThrow(
    "TRUSTED_DOCUMENTS: /nowhere/manifest.json: can't be read (ENOENT)",
  );
});
