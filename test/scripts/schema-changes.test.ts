import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultsOf } from '../../scripts/schema-changes.ts';

const TODAY = '2027-06-30';
const EXPIRED = '@deprecated(reason: "Use `b`. Removal after 2027-06-29.")';
const ANNOUNCED = '@deprecated(reason: "Use `b`. Removal after 2027-06-30.")';

const faults = (released: string, current: string, options = {}) =>
  faultsOf(released, current, { today: TODAY, ...options });

/** A schema in which everything that can be deprecated is, with this directive. */
const all = (directive: string) => `
  type Query { a(x: Int ${directive}, y: Int): String ${directive} b(i: In): E c: Node }
  input In { x: Int ${directive} y: Int }
  enum E { A ${directive} B }
  interface Node { a: Int ${directive} b: Int }
  type Some implements Node { a: Int ${directive} b: Int }`;

const NONE = `
  type Query { b(i: In): E c: Node }
  input In { y: Int }
  enum E { B }
  interface Node { b: Int }
  type Some implements Node { b: Int }`;

test('the schema of this commit breaks nothing that was released', () => {
  const script = join(import.meta.dirname, '../../scripts/check-schema-changes.ts');
  const output = execFileSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8' });
  expect(output).toMatch(/^0 breaking changes/);
});

describe('removals', () => {
  test('are allowed once the date of their released deprecation has passed', () => {
    expect(faults(all(EXPIRED), NONE)).toEqual([]);
    expect(faults(all(EXPIRED), all(EXPIRED))).toEqual([]);
  });

  test.each([
    ['without a deprecation', all('')],
    ['on the date of the deprecation', all(ANNOUNCED)],
    ['without a date', all('@deprecated(reason: "Use `b`.")')],
    ['without a reason', all('@deprecated')],
  ])('fail %s', (_what, released) => {
    const found = faults(released, NONE);
    for (const removed of [
      'Query.a was removed',
      'In.x was removed',
      'A was removed from enum type E',
      'Node.a was',
      'Some.a was',
    ])
      expect(found.join('\n')).toContain(removed);
  });

  test('fail if only the current schema has the deprecation', () => {
    const [released, middle] = ['type Query { a: Int b: Int }', `type Query { a: Int ${EXPIRED} b: Int }`];
    expect(faults(released, middle)).toEqual([]);
    expect(faults(released, 'type Query { b: Int }')).toEqual([
      'Query.a was removed. This was not announced',
    ]);
  });

  test('of an argument alone need its own deprecation', () => {
    const released = (directive: string) => `type Query { a(x: Int ${directive}, y: Int): Int }`;
    expect(faults(released(EXPIRED), 'type Query { a(y: Int): Int }')).toEqual([]);
    expect(faults(released(''), 'type Query { a(y: Int): Int }')).toHaveLength(1);
  });

  test('of types are allowed once nothing else uses them', () => {
    const released = (directive: string) =>
      `type Query { a(i: In): Old ${directive} b: Int } type Old { next: Older } type Older { o: Int } input In { o: Int }`;
    expect(faults(released(EXPIRED), 'type Query { b: Int }')).toEqual([]);
    expect(faults(released(''), 'type Query { b: Int }')).toContain(
      'Old was removed. This was not announced',
    );
    const other = released(EXPIRED).replace('b: Int }', 'b: Int c: Older }');
    expect(faults(other, 'type Query { b: Int c: Int }').join()).toMatch(
      /Older was removed.*Query.c changed type/,
    );
  });
});

describe('other changes', () => {
  test.each([
    ['a type', 'type Query { a: Int b: Int }', 'type Query { a: String b: Int }'],
    ['null where there was none', 'type Query { a: Int! }', 'type Query { a: Int }'],
    ['a required argument', 'type Query { a: Int }', 'type Query { a(x: Int!): Int }'],
    ['a stricter argument', 'type Query { a(x: Int): Int }', 'type Query { a(x: Int!): Int }'],
    [
      'a required input field',
      'type Query { a(i: In): Int } input In { x: Int }',
      'type Query { a(i: In): Int } input In { x: Int y: Int! }',
    ],
    ['the default of an argument', 'type Query { a(x: Int = 1): Int }', 'type Query { a(x: Int = 2): Int }'],
    [
      'no default of an argument any more',
      'type Query { a(x: Int = 1): Int }',
      'type Query { a(x: Int): Int }',
    ],
    [
      'the default of an input field',
      'type Query { a(i: In): Int } input In { x: Int = 1 }',
      'type Query { a(i: In): Int } input In { x: Int = 2 }',
    ],
    [
      'a new default of an input field',
      'type Query { a(i: In): Int } input In { x: Int }',
      'type Query { a(i: In): Int } input In { x: Int = 2 }',
    ],
    [
      'a member of a union',
      'type Query { a: U } union U = A | B type A { a: Int } type B { a: Int }',
      'type Query { a: U b: B } union U = A type A { a: Int } type B { a: Int }',
    ],
    [
      'an interface',
      'type Query { a: A n: N } interface N { a: Int } type A implements N { a: Int }',
      'type Query { a: A n: N } interface N { a: Int } type A { a: Int }',
    ],
  ])('%s break clients', (_what, released, current) => {
    expect(faults(released, current)).toEqual([expect.stringMatching(/ This was not announced$/)]);
  });

  test.each([
    [
      'fields, optional arguments and types',
      'type Query { a: Int }',
      'type Query { a(x: Int, y: Int! = 1): Int b: B } type B { b: Int }',
    ],
    ['enum values', 'type Query { a: E } enum E { A }', 'type Query { a: E } enum E { A B }'],
    [
      'members of unions',
      'type Query { a: U } union U = A type A { a: Int }',
      'type Query { a: U } union U = A | B type A { a: Int } type B { a: Int }',
    ],
    [
      'optional input fields',
      'type Query { a(i: In): Int } input In { x: Int }',
      'type Query { a(i: In): Int } input In { x: Int y: Int = 1 }',
    ],
    ['non-null results', 'type Query { a: Int }', 'type Query { a: Int! }'],
    ['optional arguments', 'type Query { a(x: Int!): Int }', 'type Query { a(x: Int): Int }'],
  ])('%s are compatible', (_what, released, current) => {
    expect(faults(released, current)).toEqual([]);
  });
});

describe('deprecations', () => {
  const plain = 'type Query { a: Int b: Int }';
  const withReason = (reason: string) =>
    `type Query { a: Int @deprecated(reason: ${JSON.stringify(reason)}) b: Int }`;

  test.each([
    '',
    'Use `b`.',
    'Removal after 2028-01-31.',
    ' Removal after 2028-01-31.',
    'Use `b`. Removal after 2028-02-30.',
    'Use `b`. Removal after 2028-13-01.',
    'Use `b`. Removal after 31 January 2028.',
    'Use `b`. Removal after 2028-01-31. Perhaps.',
    `${'x'.repeat(100_000)} Removal after 2028-01-31.`,
  ])('need what to use instead, and a date: %s', (reason) => {
    expect(faults(plain, withReason(reason))).toEqual([
      expect.stringMatching(/^Query\.a: the reason must say/),
    ]);
  });

  test('are checked wherever they can be', () => {
    const at = faults(all(''), all('@deprecated')).map((fault) => fault.split(': ')[0]);
    expect(at).toEqual(['E.A', 'In.x', 'Node.a', 'Query.a(x:)', 'Query.a', 'Some.a']);
  });

  test('can be postponed and withdrawn, but not brought forward', () => {
    const [early, late] = ['Use `b`. Removal after 2027-08-01.', 'Use `b`. Removal after 2028-08-01.'].map(
      withReason,
    ) as [string, string];
    expect(faults(early, late)).toEqual([]);
    expect(faults(early, plain)).toEqual([]);
    expect(faults(late, early)).toEqual(['Query.a: the removal was announced for 2028-08-01 or later']);
  });

  test('leave half a year when they are released', () => {
    const [early, late] = ['Use `b`. Removal after 2027-12-26.', 'Use `b`. Removal after 2027-12-27.'].map(
      withReason,
    ) as [string, string];
    expect(faults(plain, early)).toEqual([]);
    expect(faults(plain, late, { release: true })).toEqual([]);
    expect(faults(plain, early, { release: true })).toEqual([
      'Query.a: the removal must be on 2027-12-27 or later',
    ]);
    // Those of earlier releases had theirs then.
    expect(faults(early, early, { release: true })).toEqual([]);
  });
});

test('the example of the documentation is a complete deprecation', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8');
  const example = /```graphql\n(.*?)```/s.exec(page)?.[1] ?? '';
  const schema = `type Query { key: ApiKey } ${example}`;
  expect(faults(schema.replace(/ @deprecated\(.*\)/, ''), schema)).toEqual([]);
  expect(
    faults(schema.replace('. Removal', ', removal'), schema.replace('. Removal', ', removal')),
  ).toHaveLength(1);
});
