import { buildSchema, type GraphQLError, getIntrospectionQuery, validate } from 'graphql';
import { expect, test } from 'vitest';
import { DocumentCache } from '../../src/graphql/document-cache.ts';
import { DOCUMENT_LIMITS, parseWithinLimits } from '../../src/graphql/document-limits.ts';

const { depth, aliases, rootFields, repeats, spreads, directives, brackets, tokens } = DOCUMENT_LIMITS;

function times(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(' ');
}

function nested(levels: number): string {
  return `{${'a{'.repeat(levels - 1)}a${'}'.repeat(levels)}`;
}

function refusal(document: string): { message: string; code: unknown } | null {
  try {
    parseWithinLimits(document);
    return null;
  } catch (error) {
    const { message, extensions } = error as GraphQLError;
    return { message, code: extensions.code };
  }
}

/** An argument of lists in lists, in as many brackets in all. */
function lists(levels: number): string {
  return `{a(b:${'['.repeat(levels - 2)}${']'.repeat(levels - 2)})}`;
}

test.each([
  ['brackets', lists(brackets), lists(brackets + 1)],
  ['brackets that are not closed', lists(brackets), '['.repeat(1_900)],
  ['depth', nested(depth), nested(depth + 1)],
  ['aliases', `{a{${times(aliases, (i) => `x${i}:a`)}}}`, `{a{${times(aliases + 1, (i) => `x${i}:a`)}}}`],
  ['root fields', `{${times(rootFields, (i) => `f${i}`)}}`, `{${times(rootFields + 1, (i) => `f${i}`)}}`],
  ['repeats', `{a{${times(repeats + 1, () => 'b')}}}`, `{a{${times(repeats + 2, () => 'b')}}}`],
  [
    'repeats in inline fragments',
    `{a{${times(repeats + 1, () => '... on T {... {b}}')}}}`,
    `{a{${times(repeats + 2, () => '... on T {... {b}}')}}}`,
  ],
  ['spreads', `{a{${times(spreads, (i) => `...F${i}`)}}}`, `{a{${times(spreads + 1, (i) => `...F${i}`)}}}`],
  ['directives', `{a ${times(directives, () => '@b')}}`, `{a ${times(directives + 1, () => '@b')}}`],
])('lets a document through at the limit of %s, and refuses one past it', (_name, within, past) => {
  expect(refusal(within)).toBeNull();
  expect(refusal(past)?.code).toBe('QUERY_TOO_COMPLEX');
});

test('counts words and signs while it parses', () => {
  expect(refusal(`{a(b:[${times(tokens - 12, () => '1')}])}`)).toBeNull();
  expect(refusal(`{a(b:[${times(tokens, () => '1')}])}`)?.message).toMatch(/2000 tokens/);
});

test('counts what is in fragments as often as they are spread', () => {
  const deep = `{a{...F}} fragment F on T ${nested(depth)}`;
  expect(refusal(deep)?.message).toMatch(/12 levels of nested fields/);
  expect(refusal(`{a{... on T ${nested(depth)}}}`)?.message).toMatch(/12 levels of nested fields/);
  const wide = `{a{${times(4, (i) => `b${i}{...F}`)}}} fragment F on T {${times(8, (i) => `x${i}:a`)}}`;
  expect(refusal(wide)?.message).toMatch(/30 aliases/);
  const doubling = `{a{...F0}} ${times(60, (i) => `fragment F${i} on T {...F${i + 1} ...F${i + 1}}`)} fragment F60 on T {x:a}`;
  expect(refusal(doubling)?.message).toMatch(/30 aliases/);
  const roots = `{...F ...F ...F} fragment F on Query {${times(7, (i) => `f${i}`)}}`;
  expect(refusal(roots)?.message).toMatch(/20 root fields/);
});

test('measures fragments that nothing spreads, each of those of one name too', () => {
  const unused = (body: string) => `{a} fragment F on T ${body} fragment F on T {a}`;
  expect(refusal(unused(nested(depth)))).toBeNull();
  for (const body of [
    nested(depth + 1),
    `{${times(aliases + 1, (i) => `x${i}:a`)}}`,
    `{${times(repeats + 2, () => 'b')}}`,
    `{a ${times(directives + 1, () => '@b')}}`,
  ])
    expect(refusal(unused(body))?.code, body).toBe('QUERY_TOO_COMPLEX');
});

test('leaves a fragment that contains itself to validation, which refuses it', () => {
  const schema = buildSchema('type Query { a: Query }');
  const document = parseWithinLimits('{...F} fragment F on Query {a{...G}} fragment G on Query {a{...F}}');
  expect(validate(schema, document)[0]?.message).toMatch(/Cannot spread fragment "F" within itself/);
});

test('lets the introspection of every tool through', () => {
  const options = { schemaDescription: true, inputValueDeprecation: true, oneOf: true };
  expect(refusal(getIntrospectionQuery({ ...options, directiveIsRepeatable: true }))).toBeNull();
});

test('the cache keeps a bounded number of documents and characters, those used last', () => {
  const cache = new DocumentCache();
  const document = parseWithinLimits('{a}');
  for (let index = 0; index < 1_500; index++) {
    cache.set(`{a${index}}`, document);
    cache.get('{a0}');
  }
  expect(cache.size).toBe(1_000);
  expect(cache.get('{a0}')).toBe(document);
  expect(cache.get('{a1}')).toBeUndefined();
  for (let index = 0; index < 200; index++) cache.set(`{b${index}}${' '.repeat(40_000)}`, document);
  expect(cache.size).toBeLessThanOrEqual(100);
  expect(cache.get('{a0}')).toBeUndefined();
});
